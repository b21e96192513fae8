import fc from "fast-check";
import { expect, test } from "vitest";

import { microYuan } from "../units/index.ts";
import { cardPriceOver } from "./card-price.ts";
import { costOver } from "./price-over-time.ts";
import { flatPrice, priceSchedule, type PriceSchedule } from "./price-schedule.ts";
import { weekdays } from "./week-hours.ts";

const zones = ["Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"];

const anySchedule = fc
  .record({
    timeZone: fc.constantFrom(...zones),
    noon: fc.integer({ min: 1, max: 23 }),
    day: fc.bigInt({ min: 0n, max: 50_000_000n }),
    night: fc.bigInt({ min: 0n, max: 50_000_000n }),
  })
  .map(({ timeZone, noon, day, night }): PriceSchedule => {
    const rule = (fromHour: number, toHour: number, price: bigint) => {
      return { days: weekdays, fromHour, toHour, perCardHour: microYuan(price) };
    };
    const rules = [rule(0, noon, night), rule(noon, 24, day)];
    const periods = [{ from: null, to: null, rules }];
    const made = priceSchedule({ timeZone, periods, specialDates: [] });
    if (made.kind !== "ok") throw new Error(JSON.stringify(made.problems));
    return made.value;
  });
const anyTime = fc.integer({ min: -1e12, max: 3e12 });

test("it says what a charge would be, but for rounding", () => {
  const anyLength = fc.integer({ min: 0, max: 40 * 86_400_000 });
  fc.assert(
    fc.property(anySchedule, anyTime, anyLength, (schedule, fromMs, lengthMs) => {
      const toMs = fromMs + lengthMs;
      const start = Temporal.Instant.fromEpochMilliseconds(fromMs);
      const end = Temporal.Instant.fromEpochMilliseconds(toMs);
      const exact = costOver(schedule, { start, end, cards: 1 });
      expect(exact.kind).toBe("cost");
      const charged = Number((exact as { cost: bigint }).cost);
      const price = cardPriceOver(schedule, { fromMs, toMs })!;
      expect(Math.abs(price - charged)).toBeLessThanOrEqual(1 + charged * 1e-9);
    }),
  );
});

test("one price is that price, and a time without a price has none", () => {
  const span = { fromMs: 0, toMs: 5_400_000 };
  expect(cardPriceOver(flatPrice(microYuan(4n)), span)).toBe(6);
  const [period] = flatPrice(microYuan(4n)).periods;
  const later = { ...period!, from: Temporal.Instant.fromEpochMilliseconds(1000) };
  const schedule = { timeZone: "UTC", periods: [later], specialDates: [] };
  expect(cardPriceOver(schedule, span)).toBeUndefined();
});
