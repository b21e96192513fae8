import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { charge, heldFor, microYuan, yuan, type MicroYuan } from "../units/index.ts";
import { costOver, priceAt } from "./price-over-time.ts";
import {
  flatPrice,
  priceSchedule,
  type PriceRule,
  type PriceSchedule,
  type PriceScheduleDraft,
} from "./price-schedule.ts";
import { weekdays, type Weekday } from "./week-hours.ts";

const instant = (text: string) => Temporal.Instant.from(text);

const workingDays: Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const weekend: Weekday[] = ["saturday", "sunday"];

/** 2 yuan at night, 6 by day, 3 all weekend. */
const usual: PriceRule[] = [
  { days: workingDays, fromHour: 0, toHour: 8, perCardHour: yuan(2) },
  { days: workingDays, fromHour: 8, toHour: 24, perCardHour: yuan(6) },
  { days: weekend, fromHour: 0, toHour: 24, perCardHour: yuan(3) },
];

function aSchedule(differs: Partial<PriceScheduleDraft> = {}): PriceSchedule {
  const result = priceSchedule({
    timeZone: "Asia/Shanghai",
    periods: [{ from: null, to: null, rules: usual }],
    specialDates: [],
    ...differs,
  });
  if (result.kind === "refused") throw new Error(result.problems[0]?.message);
  return result.value;
}

function cost(schedule: PriceSchedule, start: string, end: string, cards = 1): MicroYuan {
  const result = costOver(schedule, { start: instant(start), end: instant(end), cards });
  if (result.kind === "unpriced") throw new Error(result.reason);
  return result.cost;
}

function price(schedule: PriceSchedule, at: Temporal.Instant): MicroYuan {
  const result = priceAt(schedule, at);
  if (result.kind === "unpriced") throw new Error(result.reason);
  return result.perCardHour;
}

describe("in a zone without summer time", () => {
  const schedule = aSchedule();

  test.each([
    // Monday 2026-11-23, local time             yuan
    ["2026-11-23T00:00+08:00", 2],
    ["2026-11-23T07:59:59.999999999+08:00", 2],
    ["2026-11-23T08:00+08:00", 6],
    ["2026-11-27T23:59+08:00", 6],
    ["2026-11-28T00:00+08:00", 3],
    ["2026-11-30T00:00+08:00", 2],
  ])("the price at %s is %d yuan", (at, expected) => {
    expect(price(schedule, instant(at))).toBe(yuan(expected));
  });

  test.each([
    // from                     to                       cards  yuan
    ["2026-11-23T00:00+08:00", "2026-11-23T08:00+08:00", 1, 16],
    ["2026-11-23T06:00+08:00", "2026-11-23T10:00+08:00", 1, 4 + 12],
    ["2026-11-23T06:00+08:00", "2026-11-23T10:00+08:00", 8, 128],
    ["2026-11-27T22:00+08:00", "2026-11-28T02:00+08:00", 1, 12 + 6],
    ["2026-11-29T22:00+08:00", "2026-11-30T02:00+08:00", 1, 6 + 4], // over the week's end
    ["2026-11-23T00:00+08:00", "2026-11-30T00:00+08:00", 1, 704], // 5 × (16 + 96) + 2 × 72
    ["2026-11-23T00:00+08:00", "2027-11-22T00:00+08:00", 1, 704 * 52],
    ["1969-12-29T00:00+08:00", "1970-01-05T00:00+08:00", 1, 704], // over the epoch
  ])("from %s to %s, %d cards cost %d yuan", (from, to, cards, expected) => {
    expect(cost(schedule, from, to, cards)).toBe(yuan(expected));
  });
});

describe("in Berlin", () => {
  const hours: PriceRule[] = Array.from({ length: 24 }, (_, hour) => ({
    days: weekdays,
    fromHour: hour,
    toHour: hour + 1,
    perCardHour: yuan(hour),
  }));
  const schedule = aSchedule({
    timeZone: "Europe/Berlin",
    periods: [{ from: null, to: null, rules: hours }],
  });

  test("the hour that summer time skips is not paid: the night has 23 hours", () => {
    // 01:00 … 02:00 (=03:00) … 04:00 local, Sunday 2026-03-29
    expect(cost(schedule, "2026-03-29T00:00Z", "2026-03-29T02:00Z")).toBe(yuan(1 + 3));
    expect(cost(schedule, "2026-03-28T23:00Z", "2026-03-29T22:00Z")).toBe(yuan(276 - 2));
  });

  test("the hour that comes twice is paid twice: the night has 25 hours", () => {
    // 02:00 summer time, 02:00 again, 03:00, Sunday 2026-10-25
    expect(cost(schedule, "2026-10-25T00:00Z", "2026-10-25T03:00Z")).toBe(yuan(2 + 2 + 3));
    expect(cost(schedule, "2026-10-24T22:00Z", "2026-10-25T23:00Z")).toBe(yuan(276 + 2));
  });

  test("a run over several changes of the clock pays each hour by the clock of the day", () => {
    const start = instant("2026-03-01T00:00Z");
    const end = instant("2027-04-01T00:00Z");
    let sum = 0n;
    for (let at = start; Temporal.Instant.compare(at, end) < 0; at = at.add({ hours: 1 })) {
      sum += price(schedule, at);
    }
    expect(costOver(schedule, { start, end, cards: 1 })).toStrictEqual({ kind: "cost", cost: sum });
  });
});

test("a zone of half hours changes price on its own half hours", () => {
  const schedule = aSchedule({ timeZone: "Asia/Kolkata" });
  expect(price(schedule, instant("2026-11-23T02:29Z"))).toBe(yuan(2));
  expect(price(schedule, instant("2026-11-23T02:30Z"))).toBe(yuan(6)); // 08:00 local
  expect(cost(schedule, "2026-11-23T02:00Z", "2026-11-23T03:00Z")).toBe(yuan(4));
});

describe("special dates", () => {
  const schedule = aSchedule({
    specialDates: [
      { date: Temporal.PlainDate.from("2026-10-01"), as: "sunday" }, // a Thursday off
      { date: Temporal.PlainDate.from("2026-10-10"), as: "monday" }, // a Saturday made up
    ],
  });

  test("have another weekday's prices, from midnight to midnight", () => {
    expect(price(schedule, instant("2026-09-30T23:59+08:00"))).toBe(yuan(6));
    expect(price(schedule, instant("2026-10-01T12:00+08:00"))).toBe(yuan(3));
    expect(price(schedule, instant("2026-10-02T00:00+08:00"))).toBe(yuan(2));
    expect(price(schedule, instant("2026-10-10T12:00+08:00"))).toBe(yuan(6));
  });

  test("count in what a run over them costs", () => {
    expect(cost(schedule, "2026-09-30T22:00+08:00", "2026-10-02T01:00+08:00")).toBe(
      yuan(12 + 72 + 2),
    );
    expect(cost(schedule, "2026-10-10T06:00+08:00", "2026-10-10T09:00+08:00")).toBe(yuan(4 + 6));
    expect(cost(schedule, "2026-09-28T00:00+08:00", "2026-10-12T00:00+08:00")).toBe(
      yuan(2 * 704 - 112 + 72 - 72 + 112),
    );
  });
});

describe("periods", () => {
  const change = instant("2026-11-23T10:00+08:00");
  const end = instant("2026-12-01T00:00+08:00");
  const dearer = [{ days: weekdays, fromHour: 0, toHour: 24, perCardHour: yuan(10) }];
  const schedule = aSchedule({
    periods: [
      { from: instant("2026-11-01T00:00+08:00"), to: change, rules: usual },
      { from: change, to: end, rules: dearer },
    ],
  });

  test("a change of prices in mid-run counts from its instant", () => {
    expect(price(schedule, change.subtract({ nanoseconds: 1 }))).toBe(yuan(6));
    expect(price(schedule, change)).toBe(yuan(10));
    expect(cost(schedule, "2026-11-23T09:00+08:00", "2026-11-23T11:30+08:00")).toBe(yuan(6 + 15));
  });

  test("the last instant of all is not priced, but a run may end there", () => {
    expect(cost(schedule, "2026-11-30T23:00+08:00", "2026-12-01T00:00+08:00")).toBe(yuan(10));
    expect(priceAt(schedule, end)).toStrictEqual({
      kind: "unpriced",
      from: end,
      reason: "no price at 2026-11-30T16:00:00Z: the last price ends at 2026-11-30T16:00:00Z",
    });
  });

  test.each([
    // from                     to                        first instant without a price
    ["2026-10-31T23:00+08:00", "2026-11-01T01:00+08:00", "2026-10-31T23:00+08:00"],
    ["2026-11-30T23:00+08:00", "2026-12-01T01:00+08:00", "2026-12-01T00:00+08:00"],
    ["2026-12-02T00:00+08:00", "2026-12-03T00:00+08:00", "2026-12-02T00:00+08:00"],
  ])("a run from %s to %s has no price from %s on", (start, until, from) => {
    const run = { start: instant(start), end: instant(until), cards: 1 };
    expect(costOver(schedule, run)).toMatchObject({ kind: "unpriced", from: instant(from) });
  });
});

describe("rounding", () => {
  const start = instant("2026-11-23T00:00Z");
  const run = (nanoseconds: number, cards = 1) => ({
    start,
    end: start.add({ nanoseconds }),
    cards,
  });

  test("a run is never free at a positive price, and free at none", () => {
    const least = flatPrice(microYuan(1));
    expect(costOver(least, run(1))).toStrictEqual({ kind: "cost", cost: 1n });
    expect(costOver(least, run(0))).toStrictEqual({ kind: "cost", cost: 0n });
    expect(costOver(least, run(1, 0))).toStrictEqual({ kind: "cost", cost: 0n });
    expect(costOver(flatPrice(microYuan(0)), run(1))).toStrictEqual({ kind: "cost", cost: 0n });
  });

  test("happens once for the run, not once a card or an hour", () => {
    // 3 cards × 1 s × 1,000 micro-yuan ÷ 3,600 = 0.83…
    expect(costOver(flatPrice(microYuan(1000)), run(1_000_000_000, 3))).toMatchObject({ cost: 1n });
  });

  test("a run that ends before it starts is a bug", () => {
    const back = { start, end: start.subtract({ seconds: 1 }), cards: 1 };
    expect(() => costOver(flatPrice(yuan(1)), back)).toThrow(RangeError);
  });

  test("at one price whole seconds cost what usage is charged", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 0, max: 4096 }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (seconds, cards, steps) => {
          const perCardHour = microYuan(steps);
          const held = costOver(flatPrice(perCardHour), {
            start,
            end: start.add({ seconds }),
            cards,
          });
          const expected = charge(heldFor(cards, seconds * 1000), { perCardHour });
          expect(held).toStrictEqual({ kind: "cost", cost: expected });
        },
      ),
    );
  });
});

const schedules = ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"].map((timeZone) =>
  aSchedule({
    timeZone,
    periods: [
      { from: null, to: instant("2026-10-20T03:17:00.5Z"), rules: usual },
      {
        from: instant("2026-10-20T03:17:00.5Z"),
        to: null,
        rules: [
          { days: weekdays, fromHour: 0, toHour: 3, perCardHour: microYuan(999_999) },
          { days: weekdays, fromHour: 3, toHour: 24, perCardHour: microYuan(7) },
        ],
      },
    ],
    specialDates: [{ date: Temporal.PlainDate.from("2026-10-25"), as: "wednesday" }],
  }),
);
const anySchedule = fc.constantFrom(...schedules);
/** A year with all its changes of the clock, to the nanosecond. */
const anyInstant = fc
  .bigInt({ min: 0n, max: 366n * 86_400n * 10n ** 9n })
  .map((since) => Temporal.Instant.fromEpochNanoseconds(1_767_225_600n * 10n ** 9n + since));
const anyCards = fc.integer({ min: 1, max: 1024 });
const inOrder = (...instants: Temporal.Instant[]) => instants.sort(Temporal.Instant.compare);

function exactly(
  schedule: PriceSchedule,
  start: Temporal.Instant,
  end: Temporal.Instant,
  cards: number,
) {
  const result = costOver(schedule, { start, end, cards });
  if (result.kind === "unpriced") throw new Error(result.reason);
  return result.cost;
}

test("a run split anywhere costs the same, up to the rounding of its parts", () => {
  fc.assert(
    fc.property(
      anySchedule,
      anyInstant,
      anyInstant,
      anyInstant,
      anyCards,
      (schedule, a, b, c, cards) => {
        const [start, split, end] = inOrder(a, b, c) as [typeof a, typeof a, typeof a];
        const parts = exactly(schedule, start, split, cards) + exactly(schedule, split, end, cards);
        const rounding = parts - exactly(schedule, start, end, cards);
        expect(rounding === 0n || rounding === 1n).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("a longer run never costs less", () => {
  fc.assert(
    fc.property(
      anySchedule,
      anyInstant,
      anyInstant,
      anyInstant,
      anyCards,
      (schedule, a, b, c, cards) => {
        const [start, sooner, later] = inOrder(a, b, c) as [typeof a, typeof a, typeof a];
        const longer = exactly(schedule, start, later, cards);
        expect(longer >= exactly(schedule, start, sooner, cards)).toBe(true);
      },
    ),
  );
});

test("what a run costs is the price of its minutes, added up", () => {
  const anyMinute = fc.integer({ min: 0, max: 366 * 1440 });
  const anyLength = fc.integer({ min: 0, max: 3 * 1440 });
  const zones = schedules.map(({ timeZone }) => timeZone);
  fc.assert(
    fc.property(fc.constantFrom(...zones), anyMinute, anyLength, (timeZone, first, length) => {
      const schedule = aSchedule({
        timeZone,
        specialDates: [
          { date: Temporal.PlainDate.from("2026-03-29"), as: "tuesday" },
          { date: Temporal.PlainDate.from("2026-10-25"), as: "wednesday" },
        ],
      });
      const start = instant("2026-01-01T00:00Z").add({ minutes: first });
      const end = start.add({ minutes: length });
      let sum = 0n;
      for (let at = start; !at.equals(end); at = at.add({ minutes: 1 })) sum += price(schedule, at);
      expect(exactly(schedule, start, end, 60)).toBe(sum);
    }),
    { numRuns: 60 },
  );
});
