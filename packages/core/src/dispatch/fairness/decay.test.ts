import { expect, test } from "vitest";
import { durationOf } from "../../units/index.ts";
import { decayed } from "./decay.ts";

const halfLife = durationOf(1000);

test.each([
  // elapsed  left of 80
  [0, 80],
  [1000, 40],
  [3000, 10],
  [-1000, 80], // a clock that went back
])("after %d ms, with a half-life of a second, %d of 80 are left", (elapsedMs, left) => {
  expect(decayed(80, { halfLife, elapsedMs })).toBe(left);
});

test("two steps decay as much as one", () => {
  const once = decayed(1e9, { halfLife, elapsedMs: 700 });
  const step = decayed(1e9, { halfLife, elapsedMs: 300 });
  expect(decayed(step, { halfLife, elapsedMs: 400 })).toBeCloseTo(once, 3);
});
