import { asId, bytes, durationOf, type RunId } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeEach, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { recordReadings, type RunReading } from "./index.ts";
import { listReadings, readingsOf } from "./reading-store.ts";

const db = await testDb();
const start = Temporal.Instant.from("2026-03-01T08:00:00Z");
let run: RunId;
beforeEach(() => {
  run = asId(uuidv7());
});

const aReading = (number: number, from: number, to: number, of = run): RunReading => ({
  run: of,
  number,
  from: start.add({ seconds: from }),
  to: start.add({ seconds: to }),
  cards: 4,
  cpuTime: durationOf(number),
  peakMemoryBytes: bytes(number),
  final: false,
  receivedAt: start,
});
const record = (...readings: RunReading[]) =>
  db.transaction((sql) => recordReadings(sql, readings));
const kept = async (of = run) => (await readingsOf(db.sql, [of])).get(of) ?? [];
const why = (odd: Awaited<ReturnType<typeof record>>) => odd.map((one) => one.why);

test("a fresh UUID per emission: readings sent four times are kept once", async () => {
  const readings = [aReading(1, 0, 10), aReading(2, 10, 20), aReading(3, 20, 30)];
  for (let i = 0; i < 4; i += 1) expect(await record(...readings)).toEqual([]);
  await record(...readings, ...readings);
  expect(await kept()).toEqual(readings);
});

test("busy time is kept as it came: the same is a repeat, another or none is not", async () => {
  const busy = { ...aReading(1, 0, 10), busyTime: durationOf(7) };
  const corrects = { ...aReading(1, 0, 9), revision: 1, busyTime: durationOf(0) };
  expect(await record(busy, busy, corrects)).toEqual([]);
  expect(await kept()).toEqual([busy, corrects]);
  expect(why(await record(aReading(1, 0, 10)))).toEqual(["number-reused"]);
  expect(why(await record({ ...busy, busyTime: durationOf(8) }))).toEqual(["number-reused"]);
  expect(
    await listReadings(db.sql, [run], { after: { run, number: 0, revision: 0 }, limit: 9 }),
  ).toEqual([busy, corrects]);
});

test("they may come in any order, each alone", async () => {
  for (const number of [3, 1, 4, 2]) {
    expect(await record(aReading(number, 10 * number, 10 * number + 10))).toEqual([]);
  }
  expect((await kept()).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

test("what does not fit is put aside with the reason, and the rest is kept", async () => {
  await record(aReading(1, 0, 10), aReading(5, 50, 60));
  const odd = await record(
    aReading(1, 0, 11),
    aReading(3, 5, 30),
    aReading(4, 30, 55),
    aReading(6, 60, 70),
    aReading(6, 61, 70),
    aReading(7, 80, 70),
    { ...aReading(8, 80, 90), peakMemoryBytes: bytes(10n ** 25n) },
  );
  expect(why(odd)).toEqual([
    "number-reused",
    "overlaps-another",
    "overlaps-another",
    "number-reused",
    "ends-before-it-starts",
    "beyond-bounds",
  ]);
  expect((await kept()).map(({ number }) => number)).toEqual([1, 5, 6]);
  const rows = await db.sql<{ why: string; reading: { peakMemoryBytes: string } }>`
    select why, reading from odd_readings where run = ${run} order by id`;
  expect(rows.map((row) => row.why)).toEqual(why(odd));
  expect(rows.at(-1)!.reading.peakMemoryBytes).toBe("10000000000000000000000000");
});

test("a run that the hub does not know is put aside where the caller can tell", async () => {
  const stranger = asId<RunId>(uuidv7());
  const odd = await db.transaction((sql) =>
    recordReadings(sql, [aReading(1, 0, 10), aReading(1, 0, 10, stranger)], (id) => id === run),
  );
  expect(why(odd)).toEqual(["unknown-run"]);
  expect(await kept(stranger)).toEqual([]);
  expect(await kept()).toHaveLength(1);
});

test("two syncs at once that bring the same readings keep them once", async () => {
  const readings = Array.from({ length: 50 }, (_, i) => aReading(i + 1, i, i + 1));
  await Promise.all(Array.from({ length: 6 }, () => record(...readings)));
  expect(await kept()).toEqual(readings);
});

test("all readings are listed, corrected ones and what corrects them, page by page", async () => {
  await record(aReading(1, 0, 10), aReading(2, 10, 20), aReading(3, 20, 30));
  const corrected = { ...aReading(2, 10, 15), revision: 1 };
  expect(await record(corrected, corrected)).toEqual([]);
  expect(why(await record({ ...corrected, cards: 5 }))).toEqual(["number-reused"]);
  const listed: string[] = [];
  let after = { run: asId<RunId>("00000000-0000-0000-0000-000000000000"), number: 0, revision: 0 };
  for (let page = await listReadings(db.sql, [run], { after, limit: 1 }); page[0];) {
    const { number, revision = 0 } = page[0];
    listed.push(`${number}.${revision}`);
    after = { run, number, revision };
    page = await listReadings(db.sql, [run], { after, limit: 1 });
  }
  expect(listed).toEqual(["1.0", "2.0", "2.1", "3.0"]);
});
