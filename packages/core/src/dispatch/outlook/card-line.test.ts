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

test("what is left before one that waits is there for who is done by then", () => {
  const hourMs = 3_600_000;
  const line = openCardLine(Float64Array.of(isFree, isFree), 0);
  line.hold(2, { fromMs: 10 * hourMs, untilMs: 12 * hourMs });
  expect(line.freeAt(1)).toBe(12 * hourMs);
  expect(line.startFrom(1, { fromMs: 0, lengthMs: 10 * hourMs })).toBe(0);
  expect(line.startFrom(1, { fromMs: 0, lengthMs: 11 * hourMs })).toBe(12 * hourMs);
  line.hold(1, { fromMs: 0, untilMs: 6 * hourMs });
  expect(line.startFrom(2, { fromMs: 0, lengthMs: 4 * hourMs })).toBe(6 * hourMs);
  expect(line.startFrom(2, { fromMs: 0, lengthMs: 5 * hourMs })).toBe(12 * hourMs);
});

test("a copy goes its own way", () => {
  const line = openCardLine(Float64Array.of(isFree), 0);
  const copy = line.copy();
  copy.hold(1, { fromMs: 0, untilMs: 50 });
  expect([line.freeAt(1), copy.freeAt(1)]).toEqual([0, 50]);
});

test("no card is ever held twice", () => {
  const hourMs = 3_600_000;
  const anyJob = fc.record({
    cards: fc.integer({ min: 1, max: 4 }),
    fromMs: fc.integer({ min: 0, max: 40 }).map((halves) => (halves * hourMs) / 2),
    lengthMs: fc.integer({ min: 1, max: 20 }).map((halves) => (halves * hourMs) / 2),
  });
  fc.assert(
    fc.property(fc.array(anyJob, { maxLength: 25 }), (jobs) => {
      const line = openCardLine(new Float64Array(4), 0);
      const held: { cards: number; fromMs: number; untilMs: number }[] = [];
      for (const { cards, fromMs, lengthMs } of jobs) {
        const startMs = line.startFrom(cards, { fromMs, lengthMs })!;
        expect(startMs).toBeGreaterThanOrEqual(fromMs);
        const span = { fromMs: startMs, untilMs: startMs + lengthMs };
        line.hold(cards, span);
        held.push({ cards, ...span });
      }
      for (const { fromMs: atMs } of held) {
        const now = held.filter((one) => one.fromMs <= atMs && atMs < one.untilMs);
        expect(now.reduce((sum, { cards }) => sum + cards, 0)).toBeLessThanOrEqual(4);
      }
    }),
  );
});
