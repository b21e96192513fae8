import fc from "fast-check";
import { expect, test } from "vitest";
import { firstPace, leasesLeft, lyingTooLongMs, nextPace, type Seen } from "./pace.ts";

const policy = { unacknowledgedMin: 16, unacknowledgedMax: 2500 };
const quick = (acknowledged: number): Seen => ({ acknowledged, lying: 0, oldestMs: 0 });
const slow: Seen = { acknowledged: 3, lying: 40, oldestMs: lyingTooLongMs };

test.each([
  // cap before  seen                                     lowered ago      cap after
  [16, quick(0), null, 16], // nothing was given, nothing is learnt
  [16, quick(16), null, 32],
  [2400, quick(200), null, 2500],
  [400, slow, null, 200],
  [400, slow, lyingTooLongMs - 1, 400], // halved a moment ago
  [400, slow, lyingTooLongMs, 200],
  [20, slow, null, 16],
  [400, { ...slow, oldestMs: lyingTooLongMs - 1 }, null, 403],
])("a cap of %d, having seen %o, lowered %o ms ago, becomes %d", (cap, seen, sinceMs, after) => {
  expect(nextPace({ cap }, { seen, sinceMs, policy }).cap).toBe(after);
});

test("a centre that takes all it is given reaches the most in a few turns", () => {
  let pace = firstPace(policy);
  let turns = 0;
  for (; pace.cap < policy.unacknowledgedMax; turns += 1) {
    pace = nextPace(pace, { seen: quick(pace.cap), sinceMs: null, policy });
  }
  expect(turns).toBe(8);
});

test("whatever is seen, the cap is whole and within the policy, even one that is new", () => {
  const anySeen = fc.record({
    acknowledged: fc.nat(10_000),
    lying: fc.nat(10_000),
    oldestMs: fc.nat(600_000),
  });
  const anyCap = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(anyCap, anySeen, fc.option(fc.nat(600_000)), (cap, seen, sinceMs) => {
      const after = nextPace({ cap }, { seen, sinceMs, policy });
      expect(Number.isInteger(after.cap)).toBe(true);
      expect(after.cap).toBeGreaterThanOrEqual(policy.unacknowledgedMin);
      expect(after.cap).toBeLessThanOrEqual(policy.unacknowledgedMax);
      expect(leasesLeft(after, seen.lying)).toBeGreaterThanOrEqual(0);
    }),
  );
});
