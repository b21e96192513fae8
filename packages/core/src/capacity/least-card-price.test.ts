import fc from "fast-check";
import { expect, test } from "vitest";
import { yuan } from "../units/index.ts";
import { cardPriceOver } from "./card-price.ts";
import { leastCardPrice } from "./least-card-price.ts";
import { flatPrice, priceSchedule } from "./price-schedule.ts";
import { weekdays } from "./week-hours.ts";

const hourMs = 3_600_000;
const fromMs = Date.UTC(2026, 10, 23, 9);

function nights(timeZone: string) {
  const rules = [
    { days: weekdays, fromHour: 0, toHour: 8, perCardHour: yuan(2n) },
    { days: weekdays, fromHour: 8, toHour: 24, perCardHour: yuan(6n) },
  ];
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone, periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("a schedule of the test is wrong");
  return made.value;
}

test.each([
  // hours  yuan
  [4, 8],
  [8, 16],
  [12, 16 + 24],
  [24, 16 + 96],
])("a run of %d hours costs %d yuan where it has all of the night that it can", (hours, price) => {
  const least = leastCardPrice(nights("Asia/Shanghai"), { runMs: hours * hourMs, fromMs });
  expect(least).toBeCloseTo(price * 1e6, 0);
});

test("no start costs less", () => {
  const anyRun = fc.record({
    startsIn: fc.integer({ min: 0, max: 400 * hourMs }),
    runMs: fc.integer({ min: 1, max: 60 * hourMs }),
  });
  fc.assert(
    fc.property(anyRun, ({ startsIn, runMs }) => {
      const prices = nights("Asia/Shanghai");
      const startMs = fromMs + startsIn;
      const price = cardPriceOver(prices, { fromMs: startMs, toMs: startMs + runMs })!;
      expect(leastCardPrice(prices, { runMs, fromMs })).toBeLessThanOrEqual(price);
    }),
  );
});

test("no start of a moment costs less either: 12 ms, found by the law before", () => {
  const [prices, startMs] = [nights("Asia/Shanghai"), fromMs + 1_149_660_999];
  const price = cardPriceOver(prices, { fromMs: startMs, toMs: startMs + 12 })!;
  expect(leastCardPrice(prices, { runMs: 12, fromMs })).toBeLessThanOrEqual(price);
});

test("nothing is said where weeks differ, and one price is the price", () => {
  expect(leastCardPrice(nights("Europe/Berlin"), { runMs: hourMs, fromMs })).toBe(0);
  const flat = leastCardPrice(flatPrice(yuan(3n)), { runMs: hourMs, fromMs });
  expect(flat).toBeCloseTo(3e6, 0);
});
