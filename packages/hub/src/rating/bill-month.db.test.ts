import { flatPrice } from "@wadi/core/capacity";
import { accounts, balanceOf } from "@wadi/core/ledger";
import {
  asId,
  bytes,
  durationOf,
  formatYuan,
  parseYuan,
  rate,
  yuan,
  type HoldId,
  type JobId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { findAccounts, placeHolds } from "../ledger/index.ts";
import { chargeRuns, recordReadings, type RunReading } from "../metering/index.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";

const db = await testDb();
const now = Temporal.Instant.from("2026-07-02T00:00:00Z");
const hub = await testHub(db, {}, { now: () => now });
const start = Temporal.Instant.from("2026-06-10T00:00:00Z");
const at = (hours: number) => start.add({ minutes: hours * 60 });
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
  const item = { id: "hour", measure: "card-seconds", per: "card-hour", price: "6" };
  await world.post("PUT /v1/price-lists/cards", {
    version: 1,
    ...{ id: "cards", name: { en: "Cards", zh: "卡" }, timeZone: "Asia/Shanghai" },
    source: { text: "made up for a test", grade: "own" },
    versions: [{ items: [item] }],
  });
});

let tenant: TenantId;
beforeEach(async () => {
  tenant = asId(`t-${uuidv7().slice(-12)}`);
  await world.post(`PUT /v1/tenants/${tenant}`, { name: tenant });
  await world.post(`/v1/tenants/${tenant}/top-ups`, { amount: "1000" });
});

const aReading = (run: RunId, number: number, from: number, to: number): RunReading => ({
  ...{ run, number, from: at(from), to: at(to), cards: 10, final: true },
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(1),
  receivedAt: now,
});

/** A run of one hour on ten cards, charged 60.00 by what held for it; a part by voucher. */
async function aChargedRun(voucher = "0") {
  const hold = asId<HoldId>(uuidv7());
  const [job, run] = [asId<JobId>(hold), asId<RunId>(uuidv7())];
  const used = voucher !== "0";
  const share = {
    ...{ cash: yuan(500), voucher: parseYuan(voucher)! },
    programme: used ? asId<never>("ai") : null,
    voucherRate: used ? rate(300_000) : null,
  };
  const fund = asId<never>("city");
  const reserved = used ? { fund, programme: asId<never>("ai"), amount: share.voucher } : null;
  const held = { id: hold, tenant, job, cash: share.cash, voucher: reserved, at: start };
  await db.transaction(async (sql) => {
    expect(await placeHolds(sql, [held])).toEqual([{ kind: "held" }]);
    await recordReadings(sql, [aReading(run, 1, 0, 1)]);
    const ended = {
      ...{ run, job, hold, tenant, provider: asId<never>("lowland"), share, emulated: true },
      ...{ pool: asId<never>("c1-a"), model: asId<never>("a100-80g"), prices: flatPrice(yuan(6)) },
      ...{ feeRate: rate(20_000), charged: true, endedAt: at(1), then: "release" as const },
    };
    await chargeRuns(sql, [ended], at(2));
  });
  return run;
}

const agree = (agreement: object) =>
  world.post(`PUT /v1/tenants/${tenant}/agreement`, { list: "cards", ...agreement });
const bill = () => world.post(`/v1/tenants/${tenant}/bills`, { month: "2026-06" });
async function standing(): Promise<Record<string, string>> {
  const of = { tenant, programme: asId<never>("ai"), fund: asId<never>("city") };
  const paths = [accounts.prepaid(tenant), accounts.receivable(tenant), accounts.redeemed(of)];
  const found = await findAccounts(
    db.sql,
    paths.map(({ path }) => path),
  );
  return Object.fromEntries(found.map((one) => [one.kind, formatYuan(balanceOf(one))]));
}
const audited = async () => {
  const { checks } = await world.post("/v1/ledger/audit", undefined);
  return (checks as { problems: string[] }[]).flatMap(({ problems }) => problems);
};

test("a month by agreement gives back what runs were charged more, once", async () => {
  await aChargedRun();
  await agree({ discounts: [{ off: "0.1" }] });
  const first = await bill();
  expect(first).toMatchObject({ number: 1, total: "54.00", charged: "60.00", cash: "-6.00" });
  expect(await bill()).toEqual(first);
  expect(await standing()).toMatchObject({ prepaid: "946.00" });
  expect(await audited()).toEqual([]);
});

test("a commitment that is not met is billed, and owed where nothing is paid in", async () => {
  await aChargedRun();
  await agree({ commitment: { amount: "2000" } });
  expect(await bill()).toMatchObject({ total: "2000.00", cash: "1940.00" });
  expect(await standing()).toMatchObject({ prepaid: "940.00", receivable: "-1940.00" });
  expect(await audited()).toEqual([]);
});

test("readings that come late make a further bill of the difference; the first stays", async () => {
  const run = await aChargedRun();
  await agree({ discounts: [{ off: "0.5" }] });
  const first = await bill();
  await db.transaction((sql) => recordReadings(sql, [aReading(run, 2, 1, 2)]));
  const second = await bill();
  expect(second).toMatchObject({ number: 2, total: "60.00", charged: "120.00", cash: "-60.00" });
  expect(await standing()).toMatchObject({ prepaid: "940.00" });
  const reply = await hub.ask("GET", `/v1/tenants/${tenant}/bills?month=2026-06`, {
    key: hub.operator,
  });
  expect(await reply.json()).toEqual({ items: [first, second] });
  expect(await audited()).toEqual([]);
});

test("a voucher pays its rate of the bill: the rest goes back to its fund", async () => {
  await world.post("/v1/programmes/ai/grants", { amount: "20", tenant });
  await aChargedRun("18");
  expect(await standing()).toMatchObject({ redeemed: "18.00", prepaid: "958.00" });
  await agree({ discounts: [{ off: "0.5" }] });
  expect(await bill()).toMatchObject({ total: "30.00", cash: "-21.00", voucherBack: "9.00" });
  expect(await standing()).toMatchObject({ redeemed: "9.00", prepaid: "979.00" });
  for (const whose of [`tenants/${tenant}`, "providers/lowland", "funds/city"]) {
    const reply = await hub.ask("GET", `/v1/${whose}/statement`, { key: hub.operator });
    expect(reply.status).toBe(200); // opening, lines and closing add up, or there is none
  }
  expect(await audited()).toEqual([]);
});

test("a month that is not over is not billed, nor is one without an agreement", async () => {
  const ask = async (month: string) =>
    (await hub.ask("POST", `/v1/tenants/${tenant}/bills`, { key: hub.operator, body: { month } }))
      .status;
  expect(await ask("2026-06")).toBe(404);
  await agree({});
  expect(await ask("2026-07")).toBe(422);
});
