import { describe, expect, test } from "vitest";
import type { UsageLine } from "../metering/index.ts";
import { asId } from "../units/index.ts";
import { rate, type PriceList } from "./index.ts";
import { aList, anItem, aVersion, everyDay, held, june, listOf } from "./price-list.testing.ts";

const told = (list: PriceList, usage: readonly UsageLine[]) =>
  rate({ list, usage, month: june }).unpriced.map(({ measure, basis, quantity, why }) =>
    [measure, basis, `${quantity}`, why].join(" "),
  );
const storage = (from: string, differs: Partial<UsageLine> = {}) =>
  held(from, { hours: 1, measure: "storage", basis: "used", attributes: {}, ...differs });
const day = Temporal.PlainDate.from("2026-06-15");

/** The two figures of a run: its cards' time, and the work that their nameplate gives. */
function aRun(from: string, hours: number, model = "a100-80g"): UsageLine[] {
  const time = held(from, { hours, attributes: { model } });
  return [time, { ...time, measure: "work", quantity: time.quantity * 3200n }];
}

test("a measure that a version has no item for is told with its time and quantity", () => {
  const usage = [storage("06-02T08:00"), storage("06-20T08:00", { quantity: 400n })];
  const [one] = rate({ list: listOf(anItem()), usage, month: june }).unpriced;
  expect(one).toEqual({
    ...{ measure: "storage", basis: "used", attributes: {}, why: "no-item", quantity: 4000n },
    ...{ from: usage[0]!.from, to: usage[1]!.to },
  });
});

test("an item that a later version lacks is missed from that day on only", () => {
  const disk = anItem({ id: asId("disk"), measure: "storage", basis: "used", per: "gib-month" });
  const list = aList({
    versions: [aVersion({ to: day, items: [anItem(), disk] }), aVersion({ from: day })],
  });
  const usage = [
    storage("06-02T08:00"),
    storage("06-14T23:00", { width: 2 }),
    storage("06-20T08:00"),
  ];
  expect(told(list, usage)).toEqual(["storage used 3600 no-item"]);
});

test("what a version names as free is not told, and costs nothing", () => {
  const list = aList({ versions: [aVersion({ free: ["storage"] })] });
  const rated = rate({ list, usage: [storage("06-02T08:00")], month: june });
  expect(rated).toMatchObject({ unpriced: [], lines: [], total: 0n });
});

test("no version is no leave to be free", () => {
  const list = aList({ versions: [aVersion({ from: day, free: ["storage"] })] });
  expect(told(list, [storage("06-02T08:00")])).toEqual(["storage used 3600 no-version"]);
});

test("sorts are told apart, by their attributes too, however many readings there are", () => {
  const usage = Array.from({ length: 1000 }, (_, i) => [
    storage("06-02T08:00", { use: `disk/${i}` }),
    storage("06-02T08:00", { use: `disk/${i}`, attributes: { tier: "ssd" }, quantity: 1n }),
  ]).flat();
  expect(told(listOf(anItem()), usage)).toEqual([
    "storage used 1000 no-item",
    "storage used 3600000 no-item",
  ]);
});

describe("two figures of one use", () => {
  const byTime = anItem({ where: { model: ["a100-80g"] } });
  const byWork = anItem({
    id: asId("w"),
    measure: "work",
    per: "p-hour",
    where: { model: ["h100"] },
  });

  test("cards priced by time are not asked for by work, nor the other way round", () => {
    const usage = [...aRun("06-02T08:00", 1), ...aRun("06-03T08:00", 1, "h100")];
    expect(told(listOf(byTime, byWork), usage)).toEqual([]);
  });

  test("of neither, the time is told and the work is not", () => {
    expect(told(listOf(byTime, byWork), aRun("06-02T08:00", 1, "l40s"))).toEqual([
      "card-seconds allocated 3600 no-item",
    ]);
  });

  test("a card without a nameplate has no work: a list by work alone has no price for it", () => {
    const list = listOf(anItem({ measure: "work", per: "p-hour" }));
    expect(told(list, aRun("06-02T08:00", 1).slice(0, 1))).toEqual([
      "card-seconds allocated 3600 no-item",
    ]);
    expect(told(list, aRun("06-02T08:00", 1))).toEqual([]);
  });

  test("hours in which neither has a price are told, those in which one has are not", () => {
    const night = [{ days: everyDay, fromHour: 0, toHour: 8 }];
    const rest = [{ days: everyDay, fromHour: 8, toHour: 20 }];
    const list = listOf(
      anItem({ times: night, where: { model: ["a100-80g"] } }),
      anItem({
        id: asId("w"),
        measure: "work",
        per: "p-hour",
        times: rest,
        where: { model: ["h"] },
      }),
    );
    expect(told(list, aRun("06-02T06:00", 3))).toEqual(["card-seconds allocated 3600 no-item"]);
  });

  test("what was set aside is not asked for where what was used of it is priced", () => {
    const [time] = aRun("06-02T08:00", 2) as [UsageLine];
    const busy = { ...time, ref: "meter/1/1", basis: "used" as const, quantity: 3000n };
    const list = listOf(anItem({ basis: "used" }));
    expect(told(list, [time, busy])).toEqual([]);
    const first = { ...busy, to: busy.from.add({ hours: 1 }) };
    expect(told(list, [time, first])).toEqual(["card-seconds allocated 3600 no-item"]);
    expect(told(listOf(anItem()), [time, busy])).toEqual([]);
  });

  test("free cards are free by both", () => {
    const list = aList({ versions: [aVersion({ items: [], free: ["card-seconds"] })] });
    expect(told(list, aRun("06-02T08:00", 1))).toEqual([]);
  });
});
