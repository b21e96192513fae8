import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import { durationOf, yuan } from "@wadi/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { noFaults } from "../faults/index.ts";
import { simulate } from "../simulate.ts";
import {
  aHost,
  aJob,
  aPool,
  aWorkload,
  hour,
  minute,
  noon,
  someWorkload,
} from "./builders.testing.ts";
import { production } from "./production.ts";

test("whatever comes and breaks, production breaks no law, and plays alike again", () => {
  const fleet = {
    pools: [
      aPool("east", { hostCount: 3, reclaimsPer1000Hours: 20 }),
      aPool("west", { hostCount: 2, model: "ascend-910b2", price: yuan(4n) }),
    ],
    links: [],
  };
  const faults = {
    ...noFaults,
    hosts: { everyMs: 200 * hour, lastsMs: 3 * hour },
    centres: { everyMs: 300 * hour, lastsMs: 2 * hour },
  };
  fc.assert(
    fc.property(fc.nat(1_000_000), (seed) => {
      const workload = someWorkload(seed, { count: 60, everyMs: 20 * minute });
      const once = () => {
        const dispatcher = production("production", defaultPolicy, fleet);
        return simulate({ workload, fleet, dispatcher, seed, faults });
      };
      const { rounds, ...first } = once();
      const { rounds: again, ...second } = once();
      expect(second).toEqual(first);
      expect(again.count).toBe(rounds.count);
      for (const job of first.jobs) expect(job.endedMs, job.id).not.toBeNull();
    }),
    { numRuns: 10 },
  );
});

test("an urgent job stops one that may be stopped, which resumes from its checkpoint", () => {
  const fleet = { pools: [aPool("east", { hosts: [aHost("h1")] })], links: [] };
  const hours = { "h100-sxm": 2 };
  const workload = aWorkload(
    aJob("a", { cards: 8, hours, checkpoints: true, preemptible: true, priority: "low" }),
    aJob("b", { cards: 8, priority: "urgent", submittedMs: noon + 65 * minute }),
  );
  const dispatcher = production("production", defaultPolicy, fleet);
  const stopMs = minute;
  const { jobs } = simulate({ workload, fleet, dispatcher, seed: 1, stopMs });
  const [a, b] = jobs;
  expect(b!.startedMs).toBe(noon + 66 * minute);
  expect(a).toMatchObject({ preemptions: 1, startedMs: noon + 126 * minute });
  // 60 of 120 minutes were kept: six checkpoints.
  expect(a!.endedMs).toBe(noon + 186 * minute);
  expect(a!.cost.loss).toBeCloseTo((80 * 6) / 60, 5);
});

test("a booked start is told, and comes true where run times are as declared", () => {
  const fleet = { pools: [aPool("east", { hosts: [aHost("h1")] })], links: [] };
  const within = { maxRunTime: durationOf(hour) };
  const workload = aWorkload(
    aJob("a", { cards: 8, ...within }),
    aJob("b", { cards: 8, submittedMs: noon + 10 * minute, ...within }),
  );
  const policy: Policy = { ...defaultPolicy, order: "oldest" };
  const dispatcher = production("production", policy, fleet);
  const { jobs } = simulate({ workload, fleet, dispatcher, seed: 1 });
  expect(jobs[1]).toMatchObject({
    startedMs: noon + hour,
    estimate: { p50Ms: noon + hour },
  });
});
