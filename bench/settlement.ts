import type { ProviderId } from "@wadi/core/units";
import { createClient, routes, type Client } from "@wadi/protocol";
import { joinDatabase, type OpenDatabase } from "@wadi/hub";

import { useOf, useOfTree } from "./process-use.ts";
import { startRegion, type BenchRegion } from "./region.ts";

/*
 * A month of charges, filled in by SQL, and closed through the API as people do it: imported,
 * allocated, computed, published by a second person. The ledger's own lines of those charges are
 * not there; what closing posts is.
 */

const lines = Number(process.env["BENCH_LINES"] ?? 1_000_000);
const goalSeconds = 60;
const tenants = 100;
const providers = 10;
const timeZone = "Asia/Shanghai";
const month = Temporal.Now.plainDateISO(timeZone).toPlainYearMonth().subtract({ months: 1 });

export async function run(): Promise<void> {
  const region = await startRegion({ centres: 0, cardsPerCentre: 1, engine: "fake" });
  const db = await joinDatabase({ stateFolder: region.hubState });
  try {
    const second = await anotherOperator(region);
    await setUp(region.operator, second);
    const filled = await timed(() => db.transaction(fill));
    console.log(`${lines} charges of ${tenants} tenants and ${providers} providers, filled in`);
    console.log(`by SQL in ${filled.toFixed(1)} s\n`);
    await close(region, second);
    for (const format of ["csv", "parquet"] as const) await exportAll(region, format);
  } finally {
    await db.stop();
    await region.stop();
  }
}

/** The second person of whatever takes two. */
async function anotherOperator({ operator, url }: BenchRegion): Promise<Client> {
  const key = await operator.call(routes.makeKey, {
    body: routes.makeKey.body.parse({ label: "second", role: "operator", scope: {} }),
  });
  return createClient({ hub: url, key: key.secret });
}

async function setUp(operator: Client, second: Client): Promise<void> {
  for (let i = 0; i < tenants; i += 1) {
    const quota = { cards: null, queuedJobs: null };
    const body = { name: `Tenant ${i}`, quota };
    await operator.call(routes.putTenant, { params: { id: `t-${i}` as never }, body });
    const projects = ["a", "b", "c"].map((project) => ({ project, weight: 1n }));
    await operator.call(routes.putProjects, {
      params: { id: `t-${i}` as never },
      body: { projects },
    });
  }
  for (let i = 0; i < providers; i += 1) {
    const params = { id: `p-${i}` as ProviderId };
    await operator.call(routes.putProvider, { params, body: { name: `Provider ${i}` } });
    const wire = { month: month.toString(), terms: { rules: [{ mode: byRatio }] } };
    const body = routes.putTerms.body.parse(wire);
    const { version } = await operator.call(routes.putTerms, { params, body });
    await second.call(routes.approveTerms, { params: { ...params, version } });
  }
}

/** Shares of 99 % and 100 %: providers are given more, so that nothing must be taken back. */
const byRatio = {
  kind: "share-by-ratio",
  listPrice: "4",
  bands: [
    { from: "0", to: "0.9", share: "0.99" },
    { from: "0.9", share: "1" },
  ],
};

async function fill(sql: OpenDatabase["sql"]): Promise<void> {
  const [from, until] = [month, month.add({ months: 1 })].map((one) =>
    one.toPlainDate({ day: 1 }).toZonedDateTime(timeZone).toInstant(),
  );
  await sql`set local statement_timeout = 0`;
  await sql`
    insert into charge_prices (id, schedule) values ('00000000-0000-4000-8000-000000000001', '{}')`;
  await sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, programme, voucher_rate,
      peak, card_share, card_seconds, held_ms, cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
      't-' || i % ${tenants}::int, 'p-' || i % ${providers}::int, 'pool-' || i % ${providers}::int,
      (array['a100-80g', 'h100-sxm', 'ascend-910b'])[1 + i % 3], false, at, at,
      '00000000-0000-4000-8000-000000000001', 20000, true, 0, 0,
      case when i % 3 = 0 then 'ai' end, case when i % 3 = 0 then 300000 end, 3120, 1000,
      seconds, seconds * 1000, 0, 0, price, voucher, price - voucher, price / 50
    from (select i, seconds, price,
        case when i % 3 = 0 then price * 3 / 10 / 10000 * 10000 else 0 end as voucher,
        ${from!}::timestamptz
          + (${until!}::timestamptz - ${from!}::timestamptz) * (i::float8 / ${lines}::int) as at
      from (select i, seconds, seconds * (3 + i % 2) * 1000000 / 3600 as price
        from (select i, (60 + i % 50000)::bigint as seconds
          from generate_series(0, ${lines - 1}::int) as i) as a) as b) as c`;
  await sql`analyze charges`;
}

async function close({ operator, hub }: BenchRegion, second: Client): Promise<void> {
  const params = { month: month.toString() };
  await operator.call(routes.openSettlement, { params, body: { timeZone } });
  const before = await useOfTree(hub.pid);
  let sum = 0;
  console.log("| step | seconds |\n|---|---|");
  for (const step of ["import", "allocate", "compute", "publish"] as const) {
    const who = step === "publish" ? second : operator;
    const body = { step, note: "" };
    const seconds = await timed(() => who.call(routes.stepSettlement, { params, body }));
    sum += seconds;
    console.log(`| ${step} | ${seconds.toFixed(1)} |`);
  }
  const after = await useOfTree(hub.pid);
  const report = await operator.call(routes.readSettlement, { params });
  if (report.totals.runs !== BigInt(lines)) throw new Error(`only ${report.totals.runs} closed`);
  console.log(`| together | ${sum.toFixed(1)} (goal: at most ${goalSeconds} for 1,000,000) |`);
  const cpu = after.cpuSeconds - before.cpuSeconds;
  console.log(`\nProcessor time of hub and database: ${cpu.toFixed(1)} s.`);
}

/** The same month as FOCUS, read to its end. */
async function exportAll({ operator, hub }: BenchRegion, format: "csv" | "parquet"): Promise<void> {
  let [bytes, peakMiB] = [0, 0];
  const looking = setInterval(() => {
    void useOf(hub.pid).then(({ residentMiB }) => (peakMiB = Math.max(peakMiB, residentMiB)));
  }, 200);
  const seconds = await timed(async () => {
    const query = { format };
    const request = { params: { month: month.toString() }, query, timeoutMs: 600_000 };
    const reply = await operator.raw(routes.exportFocus, { ...request, accept: "*/*" });
    for await (const piece of reply.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
    }
  });
  clearInterval(looking);
  const rate = Math.round(lines / seconds);
  const size = (bytes / 2 ** 20).toFixed(0);
  console.log(
    `As FOCUS 1.2 in ${format}: ${seconds.toFixed(1)} s, ${size} MiB, ${rate} charges a second; ` +
      `the hub's process at most ${peakMiB.toFixed(0)} MiB.`,
  );
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}
