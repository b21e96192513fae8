import fc from "fast-check";
import { expect, test } from "vitest";
import { cardPriceOver, priceSchedule, weekdays } from "../../capacity/index.ts";
import { yuan } from "../../units/index.ts";
import { cardPriceFrom } from "./card-price.ts";

const hourMs = 3_600_000;
const rules = [
  { days: weekdays, fromHour: 0, toHour: 7, perCardHour: yuan(2n) },
  { days: weekdays, fromHour: 7, toHour: 23, perCardHour: yuan(6n) },
  { days: weekdays, fromHour: 23, toHour: 24, perCardHour: yuan(2n) },
];

test("it is what the card costs over the span, whoever asked for what before", () => {
  const draft = { periods: [{ from: null, to: null, rules }], specialDates: [] };
  for (const timeZone of ["Asia/Shanghai", "Asia/Kolkata", "Europe/Berlin"]) {
    const made = priceSchedule({ ...draft, timeZone });
    if (made.kind !== "ok") throw new Error("a schedule of the test is wrong");
    const beginMs = Date.UTC(2026, 2, 20);
    const anySpan = fc.record({
      fromMs: fc.integer({ min: beginMs, max: beginMs + 60 * 24 * hourMs }),
      lengthMs: fc.integer({ min: 0, max: 40 * hourMs }),
    });
    fc.assert(
      fc.property(anySpan, ({ fromMs, lengthMs }) => {
        const span = { fromMs, toMs: fromMs + lengthMs };
        expect(cardPriceFrom(made.value, span)).toBeCloseTo(cardPriceOver(made.value, span)!, 0);
      }),
    );
  }
});
