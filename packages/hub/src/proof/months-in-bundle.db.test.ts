import { generateKeyPairSync, sign } from "node:crypto";
import { flatPrice } from "@wadi/core/capacity";
import {
  firstDifference,
  meterBatchTextOf,
  unproved,
  type JsonObject,
  type MeterSeries,
} from "@wadi/core/proof";
import {
  asId,
  bytes,
  durationOf,
  microYuan,
  parseYuan,
  rate,
  yuan,
  type HoldId,
  type JobId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import { bundle, meterReadingBatch, type Bundle } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { placeHolds } from "../ledger/index.ts";
import { chargeRuns, recordReadings, type RunReading } from "../metering/index.ts";
import { putApproved } from "../testing/approved-prices.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { bundleTools, sha256 } from "./bundle-tools.testing.ts";

/* Months billed by agreement as bundles have them: rated anew from readings and prices alone. */

const db = await testDb();
let now = Temporal.Instant.from("2026-07-02T00:00:00Z");
const hub = await testHub(db, {}, { now: () => now });
const start = Temporal.Instant.from("2026-06-10T00:00:00Z");
const at = (hours: number) => start.add({ seconds: Math.round(hours * 3600) });
const tick = () => void (now = now.add({ seconds: 1 }));
const pair = generateKeyPairSync("ed25519");
let world: World;

beforeAll(async () => {
  world = await makeWorld(hub);
  const signingKey = Buffer.from(pair.publicKey.export({ format: "jwk" }).x!, "base64url");
  const body = { signingKey: signingKey.toString("base64") };
  await world.post("PUT /v1/meter-keys/gate", body, world.keys.provider);
  const text = { id: "tokens", measure: "tokens-out", per: "thousand-tokens", price: "2" };
  const pack = {
    ...{ id: "pack", name: { en: "Pack", zh: "包" }, price: "1", quantity: "4" },
    ...{ items: ["tokens"], carryMonths: 1 },
  };
  const item = { id: "hour", measure: "card-seconds", per: "card-hour", price: "6" };
  await putApproved(world, "/v1/price-lists/all", {
    version: 1,
    ...{ id: "all", name: { en: "All", zh: "全" }, timeZone: "Asia/Shanghai" },
    source: { text: "made up for a test", grade: "own" },
    versions: [{ items: [item, text], packages: [pack] }],
  });
});

let tenant: TenantId;
beforeEach(async () => {
  tenant = asId(`t-${uuidv7().slice(-12)}`);
  await world.post(`PUT /v1/tenants/${tenant}`, { name: tenant });
  await world.post(`/v1/tenants/${tenant}/top-ups`, { amount: "1000" });
  tick();
});

const aReading = (run: RunId, number: number, from: number, to: number): RunReading => ({
  ...{ run, number, from: at(from), to: at(to), cards: 10, final: true },
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(1),
  receivedAt: now,
});

/** A run of one hour on ten cards, charged 60.00 by what held for it; 18.00 of it by voucher. */
async function aChargedRun(): Promise<RunId> {
  await world.post("/v1/programmes/ai/grants", { amount: "20", tenant });
  const hold = asId<HoldId>(uuidv7());
  const [job, run] = [asId<JobId>(hold), asId<RunId>(uuidv7())];
  const [fund, programme] = [asId<never>("city"), asId<never>("ai")];
  const share = {
    cash: yuan(500),
    voucher: parseYuan("18")!,
    programme,
    voucherRate: rate(300_000),
  };
  const reserved = { fund, programme, amount: share.voucher };
  const held = { id: hold, tenant, job, cash: share.cash, voucher: reserved, at: start };
  await db.transaction(async (sql) => {
    expect(await placeHolds(sql, [held])).toEqual([{ kind: "held" }]);
    await recordReadings(sql, [aReading(run, 1, 0, 1)]);
    const ended = {
      ...{ run, job, hold, tenant, provider: asId<never>("lowland"), share, emulated: true },
      ...{ pool: asId<never>("c1-a"), model: asId<never>("a100-80g"), prices: flatPrice(yuan(6)) },
      ...{ feeRate: rate(20_000), charged: true, endedAt: at(1), then: "release" as const },
    };
    await chargeRuns(sql, [ended], now);
  });
  tick();
  return run;
}

/** Tokens that a gateway read off, from one hour on for ten minutes each. */
async function tokens(source: string, numbers: readonly number[], differs: object = {}) {
  const series = [
    {
      ...{ source, tenant, resource: "chat", measure: "tokens-out", basis: "used" },
      readings: numbers.map((number) => {
        const from = start.add({ minutes: 10 * number });
        const to = from.add({ minutes: 10 });
        return { number: `${number}`, from: `${from}`, to: `${to}`, quantity: "2500", ...differs };
      }),
    },
  ];
  const read = meterReadingBatch.parse({ series }).series as unknown as MeterSeries[];
  const by = { signer: "provider/lowland", source: asId<never>(source) };
  const text = Buffer.from(meterBatchTextOf(by, read, sha256));
  const signature = sign(null, text, pair.privateKey).toString("base64");
  const signatures = source === "gate" ? [{ source, signature }] : [];
  await world.post("/v1/meter-readings", { series, signatures }, world.keys.provider);
  tick();
}

const agree = (agreement: object) =>
  putApproved(world, `/v1/tenants/${tenant}/agreement`, {
    ...{ list: "all", from: "2026-05-01" },
    ...agreement,
  });
async function bill(month = "2026-06") {
  const made = await world.post(`/v1/tenants/${tenant}/bills`, { month });
  tick();
  return made;
}
async function bundleOf(query: Record<string, string> = {}): Promise<Bundle> {
  const path = `/v1/tenants/${tenant}/bundle?${new URLSearchParams(query).toString()}`;
  const reply = await hub.ask("GET", path, { key: hub.operator });
  const text = await reply.text();
  expect(reply.status, text).toBe(200);
  return bundle.parse(JSON.parse(text) as JsonObject);
}
const wrongIn = (read: Bundle) => firstDifference(read, bundleTools);
const withMonth = (read: Bundle, change: (month: Bundle["months"][number]) => object): Bundle => ({
  ...read,
  months: read.months.map((one) => ({ ...one, ...change(one) })),
});

test("a month is rated anew from runs and meters; a voucher's part goes back with it", async () => {
  const run = await aChargedRun();
  await tokens("gate", [1, 2]);
  await tokens("door", [1]);
  await agree({ discounts: [{ off: "0.5" }] });
  const made = await bill();
  expect(made).toMatchObject({ total: "37.50", charged: "60.00", voucherBack: "6.75" });
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  expect(read.totals.charge).toBe(parseYuan("37.50"));
  const [month] = read.months;
  expect(
    month!.meters.map(({ source, readings }) => [source, readings.map((one) => !!one.signed)]),
  ).toEqual([
    ["gate", [true, true]],
    ["door", [false]],
  ]);
  expect(unproved(read)[0]).toBe("bill of 2026-06, number 1: nobody signed 1 of 3 meter readings");

  const quantity = withMonth(read, ({ meters: [first, ...rest] }) => ({
    meters: [
      { ...first!, readings: first!.readings.map((one) => ({ ...one, quantity: 2600n })) },
      ...rest,
    ],
  }));
  expect(wrongIn(quantity)).toMatch(/meter \d+ of chat: reading 1 is not what "gate" signed$/);
  const unsigned = withMonth(read, ({ meters: [first, last] }) => ({
    meters: [
      first!,
      { ...last!, readings: last!.readings.map((one) => ({ ...one, quantity: 2600n })) },
    ],
  }));
  expect(wrongIn(unsigned)).toMatch(
    /^bill of 2026-06, number 1: usage and prices give 37.60 for parts\/0\/total, the bundle says/,
  );
  const dropped = withMonth(read, ({ runs }) => ({ runs: runs.filter((one) => one.run !== run) }));
  expect(wrongIn(dropped)).toMatch(/^bill of 2026-06, number 1: usage and prices give 7.50 for/);
  const [part] = month!.parts;
  const cheaper = part!.lines.map((line, i) =>
    i === 0 ? { ...line, amount: microYuan(line.amount - 10_000n) } : line,
  );
  expect(wrongIn(withMonth(read, () => ({ parts: [{ ...part!, lines: cheaper }] })))).toMatch(
    /^bill of 2026-06, number 1: usage and prices give .* for parts\/0\/lines\/0\/amount/,
  );
  expect(wrongIn({ ...read, months: [] })).toMatch(
    /^transfer \d+: is of the month's bill .*\/2026-06\/1, which the bundle leaves out$/,
  );
  expect(wrongIn({ ...read, priceLists: [] })).toBe(
    "bill of 2026-06, number 1: the bundle lacks revision 1 of the price list all",
  );
  const dearer = read.agreements.map((one) => {
    return { ...one, agreement: { ...one.agreement, discounts: [] } };
  });
  expect(wrongIn({ ...read, agreements: dearer })).toMatch(/usage and prices give 75.00 for/);
});

test("what packages of the month before left is in it, and late readings bill again", async () => {
  await tokens("gate", [1, 2]);
  await agree({ packages: [{ package: "pack", from: "2026-05", to: "2026-06" }] });
  await bill("2026-05");
  const first = await bill();
  expect(first).toMatchObject({ number: 1 });
  const from = now.toString();
  tick();
  await tokens("gate", [3, 4]);
  const second = await bill();
  expect(second).toMatchObject({ number: 2 });
  expect(second["total"]).not.toBe(first["total"]);
  const all = await bundleOf();
  expect(wrongIn(all)).toBeUndefined();
  expect(all.months.map(({ month, number }) => `${month} ${number}`)).toEqual([
    "2026-05 1",
    "2026-06 1",
    "2026-06 2",
  ]);
  const late = await bundleOf({ from });
  expect(late.months.map(({ number, before }) => [number, before?.cash])).toEqual([
    [2, all.months[1]!.cash],
  ]);
  expect(late.months[0]!.earlier.map(({ month }) => month.toString())).toEqual(["2026-05"]);
  expect(wrongIn(late)).toBeUndefined();
  const forgotten = withMonth(late, () => ({ earlier: [] }));
  expect(wrongIn(forgotten)).toMatch(/^bill of 2026-06, number 2: usage and prices give/);
});

test("a corrected reading counts as it was known when the month was billed", async () => {
  await tokens("gate", [1]);
  await agree({});
  await bill();
  await tokens("gate", [1], { revision: 1, quantity: "100" });
  await bill();
  const read = await bundleOf();
  expect(wrongIn(read)).toBeUndefined();
  const quantities = read.months.map(({ meters }) => meters[0]!.readings[0]!.quantity);
  expect(quantities).toEqual([2500n, 100n]);
});
