import { randomUUID } from "node:crypto";
import { createClient, routes } from "@wadi/protocol";

import { atOnce, openLoad } from "./load.ts";
import { useOf, useOfTree } from "./process-use.ts";
import { startRegion, type BenchRegion } from "./region.ts";

const jobs = Number(process.env["WADI_BENCH_JOBS"] ?? 20_000);
const clients = 256;

/**
 * Jobs a second, end to end: submitted one by one over HTTP, stored, decided, leased, run by fake
 * engines that take 10 ms, metered, charged and settled on PostgreSQL with durable commits. The
 * time is from the first request to the last charge; the books are audited after it.
 */
export async function run(): Promise<void> {
  const region = await startRegion({ centres: 3, cardsPerCentre: 2000, engine: "fake" });
  try {
    await measure(region);
  } finally {
    await region.stop();
  }
}

async function measure(region: BenchRegion): Promise<void> {
  const { url, tenantKey } = region;
  const load = openLoad(url, tenantKey);
  const submit = () => load.post("/v1/jobs", spec, { "idempotency-key": randomUUID() });
  await atOnce(300, clients, submit); // warm
  await settled(region);

  const before = await uses(region);
  const started = performance.now();
  await atOnce(jobs, clients, submit);
  const accepted = performance.now();
  await settled(region);
  const ended = performance.now();
  const after = await uses(region);
  load.close();

  const seconds = (ended - started) / 1000;
  console.log(`jobs                       ${jobs}, one HTTP request each, ${clients} at once`);
  console.log(`accepted                   ${rate(jobs, accepted - started)} a second`);
  console.log(`accepted … settled         ${rate(jobs, ended - started)} a second (goal 1,000)`);
  const had = ((2 * seconds * 1000) / jobs).toFixed(2);
  console.log(`processor time per job     ms, of ${had} that two cores had`);
  for (const name of ["hub", "database", "agents", "client"] as const) {
    const each = ((after[name] - before[name]) * 1000) / jobs;
    console.log(`  ${name.padEnd(24)} ${each.toFixed(3)}`);
  }
  const auditor = createClient({ hub: url, key: await auditorKey(region) });
  const report = await auditor.call(routes.auditBooks, { timeoutMs: 600_000 });
  const verdict = report.holds ? "all holds" : "BROKEN";
  console.log(`audit                      ${verdict}, ${report.transfers} transfers`);
  if (!report.holds) throw new Error("the books do not hold after the load");
}

async function auditorKey({ operator }: BenchRegion): Promise<string> {
  const scope = { tenant: null, provider: null, fund: null };
  const made = await operator.call(routes.makeKey, {
    body: {
      label: "audit",
      role: "auditor",
      scope,
      permissions: null,
      validFor: 3_600_000 as never,
    },
  });
  return made.secret;
}

/** Until no job is on its way any more: charged in the transaction in which it ended. */
export async function settled({ url, tenantKey }: BenchRegion): Promise<void> {
  const tenant = createClient({ hub: url, key: tenantKey });
  for (const state of ["queued", "placed", "running"] as const) {
    for (;;) {
      const { items } = await tenant.call(routes.listJobs, { query: { state, limit: 1 } });
      if (items.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function uses({ hub, agents }: BenchRegion) {
  const whole = await useOfTree(hub.pid);
  const alone = await useOf(hub.pid);
  const own = process.cpuUsage();
  const agentUses = await Promise.all(agents.map(({ pid }) => useOfTree(pid)));
  return {
    hub: alone.cpuSeconds,
    database: whole.cpuSeconds - alone.cpuSeconds,
    agents: agentUses.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    client: (own.user + own.system) / 1e6,
  };
}

const rate = (count: number, ms: number) => Math.round((count / ms) * 1000).toLocaleString("en");

const spec = JSON.stringify({
  version: 1,
  name: "bench",
  run: { kind: "command", argv: ["true"] },
  env: { FAKE_RUN_MS: "10" },
  cards: { options: [{ model: "h100-sxm" }] },
  cpu: 0.01,
  memory: "1MiB",
  maxRunTime: "1m",
});
