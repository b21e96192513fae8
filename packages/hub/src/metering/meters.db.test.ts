import type { Meter, SourceId } from "@wadi/core/metering";
import { asId, durationOf, bytes, type RunId, type TenantId } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";

import type { Sql } from "../db/index.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { recordReadings } from "./index.ts";
import { findMeters, insertMeterReadings, insertMeters } from "./meter-store.ts";
import { meteringOf } from "./run-metering.ts";

const db = await testDb();
let now = Temporal.Now.instant().round("second");
const hub = await testHub(db, {}, { now: () => now });
const start = now.subtract({ hours: 1 });
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

let resource: string;
beforeEach(() => {
  resource = `endpoint-${uuidv7()}`;
});

const aMeter = (differs: object = {}) => ({
  ...{ source: "gate", tenant: "acme", resource, measure: "tokens-out", basis: "used" },
  attributes: { model: "m1" },
  ...differs,
});
const aReading = (number: number, from: number, to: number, differs: object = {}) => ({
  number: `${number}`,
  from: start.add({ seconds: from }).toString(),
  to: start.add({ seconds: to }).toString(),
  quantity: "7",
  ...differs,
});
type Reading = ReturnType<typeof aReading>;

const send = async (series: readonly object[], key = world.keys.provider) => {
  const reply = await hub.ask("POST", "/v1/meter-readings", { key, body: { series } });
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()) as { taken: number; repeats: number; odd: { why: string }[] };
};
const report = (...readings: Reading[]) => send([{ ...aMeter(), readings }]);
const get = async (path: string, key = hub.operator) =>
  (await (await hub.ask("GET", path, { key })).json()) as Record<string, unknown>;
const used = async () => {
  const [from, until] = [start, start.add({ hours: 2 })];
  const { figures } = (await get(`/v1/tenants/acme/usage?from=${from}&until=${until}`)) as {
    figures: { measure: string; basis: string; quantity: string; attributes: object }[];
  };
  return figures;
};
const mine = async () => {
  const rows = await db.sql<{ number: bigint; revision: number; quantity: bigint }>`
    select number, revision, quantity from meter_readings join meters on meters.id = meter
    where resource = ${resource} order by number, revision`;
  return rows.map((row) => [Number(row.number), row.revision, Number(row.quantity)]);
};

test("readings count once, in whatever order and however often they come", async () => {
  const all = [1, 2, 3, 4, 5].map((n) => aReading(n, 10 * n, 10 * n + 10));
  expect(await report(all[4]!, all[1]!)).toMatchObject({ taken: 2, repeats: 0, odd: [] });
  expect(await report(...all, ...all)).toMatchObject({ taken: 3, repeats: 7, odd: [] });
  expect(await report(...all)).toMatchObject({ taken: 0, repeats: 5, odd: [] });
  expect(await mine()).toEqual([1, 2, 3, 4, 5].map((n) => [n, 0, 7]));
});

test("a reading of any precision is a repeat of itself", async () => {
  const times = { from: start.toString().replace("Z", ".123456789Z") };
  const fine = aReading(1, 0, 10, times);
  expect(await report(fine)).toMatchObject({ taken: 1 });
  expect(await report(fine, aReading(2, 10, 20))).toMatchObject({ taken: 1, repeats: 1, odd: [] });
});

test("event dedupe lasts 32 days only: a repeat is one after 33 and 300 days", async () => {
  const series = [{ ...aMeter(), readings: [aReading(1, 0, 10)] }];
  expect(await send(series, world.keys.agent)).toMatchObject({ taken: 1 });
  const before = now;
  onTestFinished(() => void (now = before));
  for (const days of [33, 300]) {
    now = before.add({ hours: 24 * days });
    const again = await send(series, world.keys.agent);
    expect(again).toMatchObject({ taken: 0, repeats: 1, odd: [] });
  }
  expect(await mine()).toEqual([[1, 0, 7]]);
});

test("one number with two contents is put aside, in one request or in two", async () => {
  const [one, other] = [aReading(1, 0, 10), aReading(1, 0, 10, { quantity: "8" })];
  expect((await report(one, other)).odd).toMatchObject([{ why: "number-reused" }]);
  expect((await report(other)).odd).toMatchObject([{ why: "number-reused" }]);
  expect(await mine()).toEqual([[1, 0, 7]]);
});

test("a fresh UUID per emission, 4x billing: the same time counts once", async () => {
  const emitted = await Promise.all([1, 2, 3, 4].map((number) => report(aReading(number, 0, 10))));
  expect(emitted.reduce((sum, { taken }) => sum + taken, 0)).toBe(1);
  const why = emitted.flatMap(({ odd }) => odd.map((one) => one.why));
  expect(why).toEqual(["overlaps-another", "overlaps-another", "overlaps-another"]);
});

test("a correction takes the place of the reading it names, and that one stays", async () => {
  await report(aReading(1, 0, 10), aReading(2, 10, 20));
  const corrected = aReading(1, 0, 9, { revision: 1, quantity: "3" });
  expect(await report(corrected, corrected)).toMatchObject({ taken: 1, repeats: 1, odd: [] });
  expect(await mine()).toEqual([
    [1, 0, 7],
    [1, 1, 3],
    [2, 0, 7],
  ]);
  const wide = aReading(2, 5, 20, { revision: 1 });
  expect((await report(wide)).odd).toMatchObject([{ why: "overlaps-another" }]);
  const figures = (await used()).filter(({ attributes }) => "model" in attributes);
  expect(figures.every(({ basis }) => basis === "used")).toBe(true);
});

test("what does not fit is put aside with the reason, shown, and the rest is kept", async () => {
  const stranger = uuidv7();
  const { taken, odd } = await send([
    { ...aMeter(), readings: [aReading(1, 0, 10), aReading(3, 60, 50), aReading(2, 10, 20)] },
    { ...aMeter({ tenant: "nobody" }), readings: [aReading(1, 0, 10)] },
    { ...aMeter({ resource: `run/${stranger}` }), readings: [aReading(1, 0, 10)] },
    { ...aMeter({ source: "old" }), readings: [aReading(1, -36 * 86_400, -36 * 86_400 + 9)] },
    { ...aMeter({ source: "ahead" }), readings: [aReading(1, 0, 5000)] },
  ]);
  expect(taken).toBe(2);
  const reasons = odd.map(({ why }) => why).toSorted();
  expect(reasons).toEqual([
    "ends-before-it-starts",
    "in-the-future",
    "too-late",
    "unknown-run",
    "unknown-tenant",
  ]);
  const { items } = (await get("/v1/odd-readings?limit=1000")) as unknown as {
    items: { of: string; from: string; why: string; reading: { resource: string } }[];
  };
  const shown = items.filter(({ reading }) => reading.resource.includes(stranger));
  expect(shown).toMatchObject([{ of: "meter", from: "provider/lowland", why: "unknown-run" }]);
});

test("a reading of a run that nobody knows is kept aside and reported", async () => {
  const run = asId<RunId>(uuidv7());
  const reading = {
    ...{ run, number: 1, from: start, to: now, cards: 8, final: false, receivedAt: now },
    cpuTime: durationOf(0),
    peakMemoryBytes: bytes(0),
  };
  await db.transaction((sql) => recordReadings(sql, [reading], () => false));
  const { items } = (await get("/v1/odd-readings?limit=1000")) as unknown as { items: object[] };
  expect(items).toContainEqual(
    expect.objectContaining({ of: "run", from: run, why: "unknown-run" }),
  );
});

test("numbers that never came are reported by meter, until they come", async () => {
  const gaps = async () => {
    const { items } = (await get("/v1/meters?gaps=only&limit=1000")) as unknown as {
      items: { resource: string; missing: string }[];
    };
    return items.find((one) => one.resource === resource)?.missing;
  };
  await report(aReading(1, 0, 10), aReading(4, 30, 40));
  expect(await gaps()).toBe("2");
  await report(aReading(3, 20, 30), aReading(2, 10, 20));
  expect(await gaps()).toBeUndefined();
});

test("batches of the same meters at once, in any order, keep each reading once", async () => {
  const all = Array.from({ length: 40 }, (_, i) => aReading(i + 1, i, i + 1));
  const series = ["a", "b", "c"].map((source) => ({ ...aMeter({ source }), readings: all }));
  const replies = await Promise.all(
    Array.from({ length: 6 }, (_, i) => send(i % 2 ? series : series.toReversed())),
  );
  expect(replies.reduce((sum, { taken }) => sum + taken, 0)).toBe(120);
  expect(replies.flatMap(({ odd }) => odd)).toEqual([]);
});

test("one signer's meters are not another's, whatever they are called", async () => {
  await report(aReading(1, 0, 10));
  const other = [{ ...aMeter(), readings: [aReading(1, 0, 10, { quantity: "99" })] }];
  expect(await send(other, world.others.provider)).toMatchObject({ taken: 1, odd: [] });
  expect(await send(other, world.keys.agent)).toMatchObject({ taken: 1, odd: [] });
  expect((await mine()).map(([, , quantity]) => quantity).toSorted((a, b) => a! - b!)).toEqual([
    7, 99, 99,
  ]);
});

test("a run's metering names bases and gaps, and says whether it adds up", async () => {
  const run = asId<RunId>(uuidv7());
  const readings = [1, 3].map((number) => ({
    ...{ run, number, cards: 8, final: number === 3, receivedAt: now },
    from: start.add({ seconds: 10 * number }),
    to: start.add({ seconds: 10 * number + 10 }),
    cpuTime: durationOf(1000 * number),
    peakMemoryBytes: bytes(1),
  }));
  await db.transaction((sql) => recordReadings(sql, readings));
  await db.transaction((sql) => keepUsed(sql, `run/${run}`, 2n));
  const times = { startedAt: readings[0]!.from, endedAt: start.add({ seconds: 45 }) };
  const [metering] = await meteringOf(db.sql, [run], () => times);
  expect(metering).toMatchObject({
    figures: [
      { measure: "card-seconds", basis: "allocated", quantity: 160n },
      { measure: "card-seconds", basis: "used", quantity: 2n },
      { measure: "cpu", basis: "used", quantity: 3000n },
    ],
    gaps: {
      numbers: [{ from: 2, to: 2 }],
      isEnded: true,
      times: [{ where: "between" }, { where: "end" }],
    },
    plausibility: { kind: "idle", utilisation: 12_500n },
  });
});

/** Card-seconds that a meter says a run used. */
async function keepUsed(sql: Sql, run: string, quantity: bigint): Promise<void> {
  const meter: Meter = {
    ...{ source: asId<SourceId>("probe"), tenant: asId<TenantId>("acme"), resource: run },
    ...{ measure: "card-seconds", basis: "used", attributes: {} },
  };
  await insertMeters(sql, "centre/c1", { meters: [meter], madeAt: now });
  const [found] = await findMeters(sql, "centre/c1", [meter]);
  const reading = { meter: found!.id, number: 1n, revision: 0, from: start, to: now, quantity };
  await insertMeterReadings(sql, [reading], now);
}
