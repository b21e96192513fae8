import type { Booking } from "@wadi/core/dispatch";
import { asId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { cheapestPrice } from "../baselines/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { simulate } from "../simulate.ts";
import { aHost, aJob, aPool, aWorkload, minute, noon } from "./builders.testing.ts";

const fleet = { pools: [aPool("east", { hosts: [aHost("h1", { cards: 1 })] })], links: [] };

/** Cheapest price, and every job is told that it starts so long after it came. */
function foretelling(tellMs: number, jobs: readonly ReturnType<typeof aJob>[]): Dispatcher {
  const inner = cheapestPrice();
  return {
    ...inner,
    decide: (nowMs) => ({
      ...inner.decide(nowMs),
      bookings: jobs.map(({ id }) => ({ job: id, startMs: nowMs + tellMs }) as Booking),
    }),
  };
}

test("a job keeps what the first decision told it: now, a booked start, or nothing", () => {
  const jobs = [aJob("a"), aJob("b", { submittedMs: noon + minute }), aJob("c")];
  const dispatcher = foretelling(40 * minute, jobs.slice(0, 2));
  const { jobs: outcomes } = simulate({ workload: aWorkload(...jobs), fleet, dispatcher, seed: 1 });
  const told = Object.fromEntries(outcomes.map(({ id, estimate }) => [id, estimate]));
  expect(told["a"]).toEqual({ p50Ms: noon, p90Ms: noon });
  // Nothing has been learnt yet of how far off bookings are: half as long again.
  expect(told["b"]).toEqual({ p50Ms: noon + 41 * minute, p90Ms: noon + 61 * minute });
  expect(told["c"]).toBeNull();
});

test("the P90 learns from starts that came before it: nine of ten come by it", () => {
  const jobs = Array.from({ length: 300 }, (_, i) =>
    aJob(`job-${1000 + i}`, { submittedMs: noon + i * 61 * minute, hours: { "h100-sxm": 1 } }),
  );
  // Another job holds the card when each comes, for 10 to 50 minutes; all are told 20.
  const before = jobs.map((_, i) =>
    aJob(`and-${1000 + i}`, {
      submittedMs: noon + i * 200 * minute,
      hours: { "h100-sxm": (10 + ((i * 7) % 41)) / 60 },
    }),
  );
  const after = jobs.map((job, i) => ({ ...job, submittedMs: noon + i * 200 * minute + minute }));
  const dispatcher = foretelling(20 * minute, after);
  const workload = aWorkload(...before, ...after);
  const { jobs: outcomes } = simulate({ workload, fleet, dispatcher, seed: 1 });
  const late = outcomes.filter(({ id }) => id.startsWith("job-")).slice(100);
  const within = late.filter(({ startedMs, estimate }) => startedMs! <= estimate!.p90Ms);
  expect(within.length / late.length).toBeGreaterThan(0.85);
  expect(within.length / late.length).toBeLessThan(0.97);
});

test("what a dispatcher itself says of a start goes before its booking", () => {
  const jobs = [aJob("a"), aJob("b", { submittedMs: noon + minute })];
  const own = { p50Ms: noon + 5 * minute, p90Ms: noon + 6 * minute };
  const startOf = (job: string) => (job === asId("b") ? own : null);
  const dispatcher = { ...foretelling(40 * minute, jobs), startOf };
  const { jobs: outcomes } = simulate({ workload: aWorkload(...jobs), fleet, dispatcher, seed: 1 });
  expect(outcomes[1]!.estimate).toEqual(own);
});
