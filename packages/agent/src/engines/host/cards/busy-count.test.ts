import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bridgeOf, busySaid, lookedAt, newBusyCount } from "./busy-count.ts";

const bridge = bridgeOf({ everyMs: 10_000, timeoutMs: 5000, path: "" });

test("a look tells of the time since the one before, the last one of the rest as well", () => {
  let count = lookedAt(newBusyCount(1000), { atMs: 11_000, working: 2 }, bridge);
  count = lookedAt(count, { atMs: 21_000, working: 0.5 }, bridge);
  expect(busySaid(count, { atMs: 25_000, isEnd: false }, bridge)).toBe(25_000);
  expect(busySaid(count, { atMs: 25_000, isEnd: true }, bridge)).toBe(27_000);
});

test("before the first look nothing is said", () => {
  expect(busySaid(newBusyCount(0), { atMs: 5000, isEnd: true }, bridge)).toBeUndefined();
});

test("after a minute without a look nobody can say, for good", () => {
  const seen = lookedAt(newBusyCount(0), { atMs: 10_000, working: 1 }, bridge);
  expect(busySaid(seen, { atMs: 70_000, isEnd: false }, bridge)).toBe(10_000);
  expect(busySaid(seen, { atMs: 70_001, isEnd: false }, bridge)).toBeUndefined();
  const late = lookedAt(seen, { atMs: 70_001, working: 1 }, bridge);
  const again = lookedAt(late, { atMs: 70_002, working: 1 }, bridge);
  expect(busySaid(again, { atMs: 70_003, isEnd: true }, bridge)).toBeUndefined();
});

test("a look that is told again, or late, counts once", () => {
  const seen = lookedAt(newBusyCount(0), { atMs: 10_000, working: 1 }, bridge);
  expect(lookedAt(seen, { atMs: 10_000, working: 1 }, bridge)).toEqual(seen);
  expect(lookedAt(seen, { atMs: 9000, working: 1 }, bridge)).toEqual(seen);
});

test("whatever looks say, what is said only grows and is within what was held", () => {
  const cards = 4;
  const anyLook = fc.record({
    afterMs: fc.double({ min: 0, max: 70_000, noNaN: true }),
    working: fc.double({ min: 0, max: cards, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(anyLook, { maxLength: 40 }), (looks) => {
      let count = newBusyCount(500);
      let atMs = 500;
      const told: (number | undefined)[] = [];
      for (const { afterMs, working } of looks) {
        atMs += afterMs;
        count = lookedAt(count, { atMs, working }, bridge);
        const said = busySaid(count, { atMs, isEnd: false }, bridge);
        told.push(said);
        expect(said ?? 0).toBeLessThanOrEqual(cards * (atMs - 500) + 1e-6);
      }
      const first = told.findIndex((said) => said !== undefined);
      const known = told.slice(first).filter((said) => said !== undefined);
      expect(known).toEqual(known.toSorted((a, b) => a - b));
      // Once it is not known any more, it never is again.
      expect(told.slice(first, first + known.length)).toEqual(known);
    }),
  );
});
