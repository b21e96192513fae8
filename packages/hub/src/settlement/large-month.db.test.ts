import { settle, type ProviderTerms, type SoldUsage } from "@wadi/core/settlement";
import {
  asId,
  cardSeconds,
  divide,
  microYuan,
  rate,
  yuan,
  type CardModelId,
  type ProviderId,
} from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { testApp, testClock } from "../testing/test-app.ts";
import { openMonth } from "./open-month.ts";
import { approveTerms, putTerms } from "./put-terms.ts";
import { listDues, listShares } from "./result-store.ts";
import { takeStep } from "./take-step.ts";
import { totalUsage } from "./usage-store.ts";

const at = (text: string) => Temporal.Instant.from(text);
const lines = 5000;
const terms: ProviderTerms = {
  paidDirectlyBy: [],
  nettedWith: null,
  rules: [
    {
      models: [asId("a100-80g")],
      mode: {
        kind: "share-by-ratio",
        listPrice: yuan(4),
        bands: [
          { from: rate(0), to: rate(850_000), share: rate(300_000) },
          { from: rate(850_000), to: null, share: rate(400_000) },
        ],
      },
      ...{ voucherCardHour: yuan(1), taxDivisor: rate(1_060_000) },
    },
    {
      ...{ models: null, voucherCardHour: null, taxDivisor: rate(1_000_000) },
      mode: {
        kind: "card-hour-by-multiplier",
        listPrice: yuan(4),
        bands: [
          { from: rate(0), to: rate(900_000), perCardHour: yuan(2) },
          { from: rate(900_000), to: null, perCardHour: yuan(3) },
        ],
      },
    },
  ],
};

test("the database's sums give what core gives charge by charge", async () => {
  const db = await testDb();
  const clock = testClock(at("2026-11-02T00:00:00Z"));
  const { hub, keyOf } = await testApp(db, { clock });
  for (const provider of ["p-0", "p-1", "p-2"]) await keyOf("provider", { scope: { provider } });
  const someone = () => {
    const signer = { key: asId<never>(uuidv7()), role: "operator" as const };
    return { signer: { ...signer, permissions: new Set<never>() } as never, requestId: "test" };
  };
  for (const id of ["p-0", "p-1", "p-2"]) {
    const provider = asId<ProviderId>(id);
    const { version } = await putTerms(hub, { provider, month: "2026-10", terms, by: someone() });
    await approveTerms(hub, { provider, version, by: someone() });
  }
  await fill(db.sql);

  const month = "2026-10";
  await openMonth(hub, { month, timeZone: "Asia/Shanghai", by: someone() });
  for (const step of ["import", "allocate", "compute", "publish"] as const) {
    await takeStep(hub, { month, step, note: "", by: someone() });
  }
  const [settlement] = await db.sql<{ id: never; lines: bigint }>`
    select id, lines from settlements`;
  expect(settlement!.lines).toBe(BigInt(lines));
  const totals = await totalUsage(db.sql, settlement!.id);
  const shares = await listShares(db.sql, settlement!.id);
  expect(shares.reduce((sum, { amount }) => sum + amount, 0n)).toBe(totals.cash);

  const dues = await listDues(db.sql, settlement!.id);
  const usage = await soldLineByLine(db.sql);
  const expected = [...usage].flatMap(([provider, sold]) =>
    settle(terms, sold).map(({ due, tax, spend, adjustment }) => {
      return { provider, due, tax, spend, adjustment };
    }),
  );
  expect(dues).toMatchObject(expected);
  expect(dues).toHaveLength(6);
  const [posted] = await db.sql<{ count: bigint }>`
    select count(*) as count from transfers where fact like 'settle/%'`;
  expect(posted!.count).toBe(3n);
});

type Sql = Awaited<ReturnType<typeof testDb>>["sql"];

/** Prices of 3.20 or 3.80 a card-hour, vouchers on every third charge; providers can pay back. */
async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into charge_prices (id, schedule) values ('00000000-0000-4000-8000-000000000001', '{}')`;
  await sql`
    insert into accounts (path, book, debits, credits)
    select path, 'money', debits, credits from (values ('payable/p-0', 0, 1000000000000),
      ('payable/p-1', 0, 1000000000000), ('payable/p-2', 0, 1000000000000),
      ('bank', 3000000000000, 0)) as one (path, debits, credits)`;
  await sql`
    insert into charges (run, job, hold, tenant, provider, pool, model, emulated, ended_at,
      charged_at, prices, fee_rate, charged, share_cash, share_voucher, programme, voucher_rate,
      peak, card_share, card_seconds, held_ms, cpu_ms, peak_memory_bytes, price, voucher, cash, fee)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 't-' || i % 7, 'p-' || i % 3,
      'pool', (array['a100-80g', 'h100-sxm'])[1 + i % 2], false, at, at,
      '00000000-0000-4000-8000-000000000001', 20000, true, 0, 0,
      case when i % 3 = 0 then 'ai' end, null, null, 1000,
      seconds, seconds * 1000, 0, 0, price, voucher, price - voucher, price / 50
    from (select i, seconds, price, case when i % 3 = 0 then price * 3 / 10 else 0 end as voucher,
        timestamptz '2026-10-05T00:00:00Z' + i * interval '5 minutes' as at
      from (select i, seconds, (seconds * (3200000 + i % 5 / 4 * 600000) + 3599) / 3600 as price
        from (select i, (60 + i * 37 % 50000)::bigint as seconds
          from generate_series(0, ${lines - 1}::int) as i) as a) as b) as c`;
}

/** What core is given when every charge is a usage of its own; by provider. */
async function soldLineByLine(sql: Sql): Promise<Map<ProviderId, SoldUsage[]>> {
  interface Row {
    readonly provider: ProviderId;
    readonly model: CardModelId;
    readonly seconds: bigint;
    readonly voucher: bigint;
    readonly cash: bigint;
    readonly fee: bigint;
  }
  const rows = await sql<Row>`
    select provider, model, card_seconds as seconds, voucher, cash, fee from charges
    order by provider, run`;
  const sold = rows.map(({ provider, model, seconds, voucher, cash, fee }) => {
    const spend = voucher + cash;
    const ofVoucher = voucher === 0n ? 0n : divide(seconds * voucher, spend, "down");
    const usage: SoldUsage = {
      ...{ model, cardSeconds: cardSeconds(seconds), spend: microYuan(spend) },
      ...{ voucherSeconds: cardSeconds(ofVoucher), voucherSpend: microYuan(voucher) },
      posted: microYuan(spend - fee),
    };
    return { provider, usage };
  });
  const byProvider = Map.groupBy(sold, ({ provider }) => provider);
  return new Map([...byProvider].map(([id, all]) => [id, all.map(({ usage }) => usage)]));
}
