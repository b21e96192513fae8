import { flatPrice } from "@wadi/core/capacity";
import { asId, bytes, durationOf, rate, yuan, type HoldId, type TenantId } from "@wadi/core/units";
import { sharesFor } from "@wadi/core/vouchers";
import { problem } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { expect } from "vitest";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { breachesIn, placeHolds, readHead, serveLedger } from "../ledger/index.ts";
import { chargeRuns, recordReadings, type EndedRun } from "../metering/index.ts";
import { serveRating } from "../rating/index.ts";
import { serveStatements } from "../statements/index.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp, testClock } from "../testing/test-app.ts";
import { serveVouchers, vouchersOf } from "../vouchers/index.ts";
import { serveSettlement } from "./index.ts";

export const at = (text: string) => Temporal.Instant.from(text);
const jobNames = () => Promise.resolve(new Map());

export type Answer = Record<string, unknown>;

/** A region on 10 October 2026 in Shanghai; a fresh one for each story. */
export async function aRegion() {
  const db = await testDb();
  const clock = testClock(at("2026-10-10T00:00:00+08:00"));
  const { ask, operator, keyOf, hub } = await testApp(db, {
    clock,
    serveMore: (app) => {
      serveLedger(app, app.hub);
      serveVouchers(app, app.hub);
      serveStatements(app, { hub: app.hub, jobNames });
      serveRating(app, app.hub);
      serveSettlement(app, app.hub);
    },
  });
  await keyOf("tenant-admin");
  await keyOf("provider");
  const second = await keyOf("operator");
  const send = async (call: string, body?: unknown, key = operator): Promise<Answer> => {
    const [method, to] = call.split(" ") as [string, string];
    const headers = { "idempotency-key": uuidv7() };
    const reply = await ask(method, to, { key, body, headers });
    const text = await reply.text();
    const isJson = reply.headers.get("content-type")?.includes("json");
    const value = isJson ? (JSON.parse(text) as Answer) : { text };
    return reply.ok ? value : { refused: `${reply.status} ${problem.parse(value).code}`, ...value };
  };
  await send("POST /v1/tenants/acme/top-ups", { amount: "10000" });
  return { db, hub, clock, ask, operator, second, keyOf, send };
}
export type Region = Awaited<ReturnType<typeof aRegion>>;

/** 8 cards for an hour at 6 yuan, 2 % of it the platform's: 48.00, 47.04 to the provider. */
export async function runJob(region: Region, differs: Partial<EndedRun> = {}): Promise<EndedRun> {
  const { db, clock } = region;
  const [now, id, tenant] = [clock.now(), uuidv7(), asId<TenantId>("acme")];
  const hold = asId<HoldId>(id);
  const voucher = (await vouchersOf(db.sql, [tenant], now)).get(tenant) ?? null;
  const parts = sharesFor(yuan(60), voucher);
  const used = parts.voucher > 0n ? voucher : null;
  clock.turn({ hours: 1 });
  const run: EndedRun = {
    ...{ run: asId(uuidv7()), job: asId(id), hold, tenant, prices: flatPrice(yuan(6)) },
    share: { ...parts, programme: used?.programme ?? null, voucherRate: used?.rate ?? null },
    ...{ feeRate: rate(20_000), provider: asId("lowland"), pool: asId("ascend-a") },
    ...{ model: asId("a100-80g"), emulated: true, charged: true, then: "release" },
    endedAt: clock.now(),
    ...differs,
  };
  await db.transaction(async (sql) => {
    const of = used && { fund: used.fund, programme: used.programme, amount: parts.voucher };
    await placeHolds(sql, [
      { id: hold, tenant, job: run.job, cash: parts.cash, voucher: of, at: now },
    ]);
    const reading = { run: run.run, number: 1, from: now, to: run.endedAt, cards: 8, final: true };
    const more = { cpuTime: durationOf(0), peakMemoryBytes: bytes(0), receivedAt: run.endedAt };
    await recordReadings(sql, [{ ...reading, ...more }]);
    await chargeRuns(sql, [run], run.endedAt);
  });
  return run;
}

export const october = "/v1/settlements/2026-10";
export const step = ({ send }: Region, name: string, key?: string) =>
  send(`POST ${october}/steps`, { step: name }, key);

/** October opened, over, and computed. */
export async function compute(region: Region): Promise<void> {
  await region.send(`PUT ${october}`, {});
  if (region.clock.now().epochMilliseconds < at("2026-11-01T00:00:00+08:00").epochMilliseconds) {
    region.clock.turn({ hours: 24 * 30 });
  }
  for (const name of ["import", "allocate", "compute"]) {
    expect(await step(region, name)).not.toHaveProperty("refused");
  }
}

/** Puts terms of a provider, and approves them as the second person. */
export async function putTerms(
  { send, second }: Region,
  body: ReturnType<typeof share>,
  provider = "lowland",
): Promise<Answer> {
  const put = await send(`PUT /v1/providers/${provider}/terms`, body);
  const approve = `POST /v1/providers/${provider}/terms/${String(put["version"])}/approve`;
  return send(approve, undefined, second);
}

export const share = (part: string, differs = {}, more = {}) => ({
  month: "2026-10",
  terms: { rules: [{ mode: { kind: "share", share: part }, ...differs }], ...more },
});
export const balanceOf = async ({ db }: Region, account: string) => {
  const [row] = await db.sql<{ balance: bigint }>`
    select credits - debits as balance from accounts where path = ${account}`;
  return row?.balance ?? 0n;
};
export const soundBooks = async ({ db }: Region) =>
  expect(await db.transaction((sql) => breachesIn(sql))).toEqual([]);

export async function grantVoucher({ send, clock }: Region): Promise<void> {
  await send("PUT /v1/funds/city", { name: "City" });
  await send("POST /v1/funds/city/appropriations", { amount: "500" });
  const expiresAt = clock
    .now()
    .add({ hours: 24 * 90 })
    .toString();
  const programme = { fund: "city", name: "AI", rate: "0.3", capPerTenant: "1000", expiresAt };
  await send("PUT /v1/programmes/ai", programme);
  await send("POST /v1/programmes/ai/grants", { tenant: "acme", amount: "100" });
}

/** Somebody who acts past the API; another one each time. */
export const someone = (): AuditEntry["by"] => ({
  requestId: "test",
  signer: { key: asId(uuidv7()), role: "operator" } as AuditEntry["by"]["signer"],
});

/**
 * Does it again and again, broken off before its first statement, its second … until it gets to its
 * end, there broken off before the commit; then once as it is. Nothing is left of those before.
 * @returns how often it was broken off
 */
export async function breakOff<T>(
  { hub }: Pick<Region, "hub">,
  work: (hub: Hub) => Promise<T>,
): Promise<{ count: number; done: T }> {
  const before = await readHead(hub.db.sql);
  for (let count = 1; ; count += 1) {
    const reached = { end: false };
    const transaction = breaking(hub.db, count, () => (reached.end = true));
    const broken = { ...hub, db: { ...hub.db, transaction } };
    await expect(work(broken)).rejects.toThrow("broken off");
    expect(await readHead(hub.db.sql)).toEqual(before);
    if (reached.end) return { count, done: await work(hub) };
  }
}

/** A transaction that ends just before one of its statements, or before its commit. */
function breaking(db: Hub["db"], last: number, onEnd: () => void): Hub["db"]["transaction"] {
  return (work, options) =>
    db.transaction(async (sql) => {
      let count = 0;
      const failing = (async (...given: Parameters<Sql>) => {
        count += 1;
        if (count < last) return sql(...given);
        throw new Error("broken off before a statement");
      }) as Sql;
      await work(failing);
      onEnd();
      throw new Error("broken off before the commit");
    }, options);
}
