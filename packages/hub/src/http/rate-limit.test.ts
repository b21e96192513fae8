import fc from "fast-check";
import { expect, test } from "vitest";

import { rateLimiter } from "./rate-limit.ts";

const turningClock = () => {
  let now = Temporal.Instant.from("2026-01-01T00:00:00Z");
  return { now: () => now, turn: (ms: number) => (now = now.add({ milliseconds: ms })) };
};

test("a burst is let through, then one for each refill", () => {
  const clock = turningClock();
  const limiter = rateLimiter(clock);
  const rate = { perSecond: 10, burst: 3 };
  expect([1, 2, 3].map(() => limiter.take("a", rate))).toEqual([0, 0, 0]);
  expect(limiter.take("a", rate)).toBe(100);
  expect(limiter.take("b", rate)).toBe(0); // another's bucket
  clock.turn(99);
  expect(limiter.take("a", rate)).toBe(1);
  clock.turn(1);
  expect(limiter.look("a", rate)).toBe(0);
  expect([limiter.take("a", rate), limiter.take("a", rate)]).toEqual([0, 100]);
});

test("a clock set back takes nothing away and gives nothing", () => {
  const clock = turningClock();
  const limiter = rateLimiter(clock);
  const rate = { perSecond: 1, burst: 1 };
  limiter.take("a", rate);
  clock.turn(-60_000);
  expect(limiter.take("a", rate)).toBe(1000);
  clock.turn(1000);
  expect(limiter.take("a", rate)).toBe(0);
});

test("however requests are spread, no more pass than burst and refill allow", () => {
  const gaps = fc.array(fc.nat({ max: 400 }), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 9 }), (waits, burst) => {
      const clock = turningClock();
      const limiter = rateLimiter(clock);
      const began = clock.now();
      let passed = 0;
      for (const wait of waits) {
        clock.turn(wait);
        if (limiter.take("a", { perSecond: 5, burst }) === 0) passed += 1;
      }
      const seconds = began.until(clock.now()).total("seconds");
      expect(passed).toBeLessThanOrEqual(burst + seconds * 5 + 1e-6);
    }),
  );
});
