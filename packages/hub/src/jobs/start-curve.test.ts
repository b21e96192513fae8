import { expect, test } from "vitest";
import { curveOf, isMuchTheSame, startAt } from "./start-curve.ts";

const minute = 60_000;
const asTold = (ms: number) => ({ p50Ms: ms, p90Ms: ms * 1.5 });
const evenly = (count: number) => Array.from({ length: count }, (_, i) => i * minute);

test("a long group is told in few points, the first and the last among them", () => {
  const curve = curveOf(evenly(200), { nowMs: 0, stretch: asTold });
  expect(curve.length).toBeLessThan(30);
  expect(curve[0]).toEqual({ place: 0, p50: 0, p90: 0 });
  expect(curve.at(-1)).toEqual({ place: 199, p50: 199 * minute, p90: 298.5 * minute });
});

test.each([0, 1, 7, 50, 123, 199, 400])(
  "the start at place %d is read from the points",
  (place) => {
    const curve = curveOf(evenly(200), { nowMs: 0, stretch: asTold });
    expect(startAt(curve, place)).toEqual({
      place,
      p50: place * minute,
      p90: place * 1.5 * minute,
    });
  },
);

test("one job alone, or none", () => {
  const [only] = curveOf([5 * minute], { nowMs: minute, stretch: asTold });
  expect(only).toEqual({ place: 0, p50: 5 * minute, p90: 7 * minute });
  expect(startAt([only!], 3)).toEqual({ ...only, place: 3 });
  expect(startAt([], 0)).toBeUndefined();
});

test("seconds are not worth telling anew, minutes are", () => {
  const curve = curveOf(evenly(3), { nowMs: 0, stretch: asTold });
  const later = (ms: number) => curve.map((one) => ({ ...one, p50: one.p50 + ms }));
  expect(isMuchTheSame(curve, later(4000), 0)).toBe(true);
  expect(isMuchTheSame(curve, later(minute), 0)).toBe(false);
  expect(isMuchTheSame(curve, curve.slice(1), 0)).toBe(false);
});
