import type { Booking } from "@wadi/core/dispatch";
import { expect, test } from "vitest";
import { cheapestPrice } from "../baselines/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { simulate } from "../simulate.ts";
import { aHost, aJob, aPool, aWorkload, hour, minute, noon } from "./builders.testing.ts";

const fleet = { pools: [aPool("east", { hosts: [aHost("h1", { cards: 1 })] })], links: [] };

/** Writes down when it is asked, in minutes after noon; books a start so long ahead each time. */
function watched(asked: number[], bookMs: number | null): Dispatcher {
  const inner = cheapestPrice();
  return {
    ...inner,
    decide(nowMs) {
      asked.push((nowMs - noon) / minute);
      const bookings = bookMs === null ? [] : [{ startMs: nowMs + bookMs } as Booking];
      return { ...inner.decide(nowMs), bookings };
    },
  };
}

test("nothing is decided while nobody waits, nor while nothing changes", () => {
  const asked: number[] = [];
  const workload = aWorkload(aJob("a"), aJob("b", { submittedMs: noon + 10 * minute }));
  simulate({ workload, fleet, dispatcher: watched(asked, null), seed: 1 });
  expect(asked).toEqual([0, 10, 60]);
});

test("a booked start is looked at when it comes; again and again in vain, ever more rarely", () => {
  const asked: number[] = [];
  const workload = aWorkload(
    aJob("a", { hours: { "h100-sxm": 4 } }),
    aJob("b", { submittedMs: noon + 10 * minute }),
  );
  simulate({ workload, fleet, dispatcher: watched(asked, minute), seed: 1, roundEveryMs: minute });
  const gaps = asked.slice(2).map((at, i) => at - asked[i + 1]!);
  expect(asked.slice(0, 3)).toEqual([0, 10, 11]);
  expect(gaps.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(hour / minute);
  expect(asked.at(-1)).toBe(240);
});
