import fc from "fast-check";
import { expect, test } from "vitest";

import { isFree, openCardLine } from "./card-line.ts";

test("so many are free together when the last of the earliest of them is", () => {
  const line = openCardLine(Float64Array.of(0, 200, 200, 300), 100);
  expect([1, 2, 3, 4, 5].map((cards) => line.freeAt(cards))).toEqual([
    100,
    200,
    200,
    300,
    undefined,
  ]);
});

test("a card whose run should be over is free in a little while, not now", () => {
  const line = openCardLine(Float64Array.of(isFree, 900, 2000), 1000);
  expect([1, 2, 3].map((cards) => line.freeAt(cards))).toEqual([1000, 2000, 61_000]);
});

test("who comes later leaves the cards that are free earlier to others", () => {
  const line = openCardLine(Float64Array.of(0, 50), 0);
  line.hold(1, { fromMs: 60, untilMs: 100 });
  expect(line.freeAt(1)).toBe(0);
  expect(line.freeAt(2)).toBe(100);
});

test("it stays sorted, and nothing becomes free sooner by being held", () => {
  const anyHold = fc.record({
    cards: fc.integer({ min: 1, max: 6 }),
    waitMs: fc.nat(40),
    runMs: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.array(anyHold, { maxLength: 20 }), (holds) => {
      const line = openCardLine(new Float64Array(6), 0);
      const all = () => [1, 2, 3, 4, 5, 6].map((cards) => line.freeAt(cards)!);
      for (const { cards, waitMs, runMs } of holds) {
        const before = all();
        const fromMs = line.freeAt(cards)! + waitMs;
        line.hold(cards, { fromMs, untilMs: fromMs + runMs });
        expect(all()).toEqual(all().toSorted((a, b) => a - b));
        expect(all().every((freeMs, i) => freeMs >= before[i]!)).toBe(true);
      }
    }),
  );
});
