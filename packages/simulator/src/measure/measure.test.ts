import { asId } from "@wadi/core/units";
import { expect, test } from "vitest";
import type { JobOutcome, SimResult } from "../result.ts";
import { fairnessOf, jain, maxMin } from "./fairness.ts";
import { measure } from "./measure.ts";
import { quantile, spreadOf } from "./spread.ts";

const hour = 3_600_000;
const free = { compute: 0, data: 0, waiting: 0, loss: 0, power: 0, carbon: 0 };

/** Times in hours. */
const outcome = (
  id: string,
  [submitted, started, ended]: readonly [number, number | null, number | null],
  differs: Partial<JobOutcome> = {},
): JobOutcome => ({
  id: asId(id),
  tenant: asId("acme"),
  priority: "normal",
  cards: 1,
  submittedMs: submitted * hour,
  startedMs: started === null ? null : started * hour,
  endedMs: ended === null ? null : ended * hour,
  pool: asId("east"),
  cost: free,
  estimate: null,
  preemptions: 0,
  faults: 0,
  ...differs,
});

const result = (differs: Partial<SimResult> = {}): SimResult => ({
  dispatcher: "by hand",
  workload: "by hand",
  seed: 1,
  jobs: [],
  centres: [],
  samples: [],
  rounds: { count: 0, medianMs: 0, p99Ms: 0 },
  ...differs,
});

test("a quantile is one of the values: the smallest that its share does not exceed", () => {
  expect([0, 0.25, 0.5, 0.51, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([
    1, 1, 2, 3, 4,
  ]);
  expect(spreadOf([4, 1, 1, 2])).toEqual({ count: 4, mean: 2, median: 1, p95: 4 });
  expect(quantile([], 0.5)).toBeNaN();
});

test("waits and completions by class, highest first; what did not end is counted apart", () => {
  const { times, makespanMs } = measure(
    result({
      jobs: [
        outcome("a", [0, 1, 3]),
        outcome("b", [1, 4, 5]),
        outcome("c", [2, null, null]),
        outcome("d", [2, 2, 4], { priority: "urgent" }),
        outcome("e", [2, 3, null], { priority: "urgent" }),
      ],
    }),
  );
  expect(times.classes.map(({ priority }) => priority)).toEqual(["urgent", "normal"]);
  const [urgent, normal] = times.classes;
  expect(normal).toMatchObject({ jobs: 3, unfinished: 1, neverStarted: 1 });
  expect(normal!.waitMs).toEqual({ count: 2, mean: 2 * hour, median: hour, p95: 3 * hour });
  expect(normal!.completionMs.mean).toBe(3.5 * hour);
  expect(urgent).toMatchObject({ jobs: 2, unfinished: 1, neverStarted: 0 });
  expect(times.all.jobs).toBe(5);
  expect(makespanMs).toBe(5 * hour);
});

test("use counts the samples up to the last submission, each centre by its own cards", () => {
  const { uses, use } = measure(
    result({
      jobs: [outcome("a", [0, 0, 9]), outcome("b", [2, 2, 9])],
      centres: [
        { id: asId("east"), cards: 10 },
        { id: asId("west"), cards: 30 },
      ],
      samples: [
        { atMs: hour, queuedJobs: 0, queuedCards: 0, usedCards: [10, 0], gap: 0.02 },
        { atMs: 2 * hour, queuedJobs: 0, queuedCards: 0, usedCards: [5, 30], gap: null },
        { atMs: 3 * hour, queuedJobs: 0, queuedCards: 0, usedCards: [0, 0], gap: 0.04 },
      ],
    }),
  );
  expect(uses.map(({ share }) => share)).toEqual([0.75, 0.5]);
  expect(use).toBe((0.75 * 10 + 0.5 * 30) / 40);
});

test("the gap is the mean of those that were sampled; null where there was none", () => {
  const sample = { atMs: 0, queuedJobs: 0, queuedCards: 0, usedCards: [] };
  const gaps = (...values: (number | null)[]) =>
    measure(result({ samples: values.map((gap) => ({ ...sample, gap })) })).gap;
  expect(gaps(0.02, null, 0.04)).toBeCloseTo(0.03, 12);
  expect(gaps(null)).toBeNull();
});

test("costs add up by part", () => {
  const { spending, preemptions, faults } = measure(
    result({
      jobs: [
        outcome("a", [0, 0, 1], { cost: { ...free, compute: 5, loss: 1 }, preemptions: 2 }),
        outcome("b", [0, 0, 1], { cost: { ...free, compute: 7, data: 2 }, faults: 1 }),
      ],
    }),
  );
  expect(spending).toEqual({ ...free, compute: 12, data: 2, loss: 1, total: 15 });
  expect([preemptions, faults]).toEqual([2, 1]);
});

test("Jain's index is 1 when all have alike, and 1/n when one of n has all", () => {
  expect(jain([3, 3, 3])).toBe(1);
  expect(jain([5, 0, 0, 0])).toBe(0.25);
  expect(jain([1, 2])).toBeCloseTo(9 / 10, 12);
  expect(jain([])).toBe(1);
});

test("shares go by weight, and what one does not want goes to the others", () => {
  const wants = (...pairs: [number, number][]) =>
    pairs.map(([asked, weight]) => ({ asked, weight }));
  expect(maxMin(12, wants([100, 1], [100, 2]))).toEqual([4, 8]);
  expect(maxMin(12, wants([2, 1], [100, 1], [100, 1]))).toEqual([2, 5, 5]);
  expect(maxMin(12, wants([1, 1], [2, 1]))).toEqual([1, 2]);
});

test("fairness: two tenants want one card; one has it three times as long", () => {
  const jobs = [
    outcome("a", [0, 0, 3]),
    outcome("b", [0, 3, 4], { tenant: asId("brook") }),
    outcome("z", [4, null, null], { tenant: asId("nobody") }),
  ];
  // Received 3 and 1 of 4, asked 3 and 4: entitled to 2 each, so 1.5 and 0.5.
  expect(fairnessOf(result({ jobs }))).toBeCloseTo(4 / (2 * 2.5), 12);
  const weights = new Map([[asId<JobOutcome["tenant"]>("acme"), 3]]);
  expect(fairnessOf(result({ jobs }), { weights })).toBe(1);
});

test("fairness: a window in which everybody got what they asked for does not count", () => {
  const jobs = [
    outcome("a", [0, 0, 24]),
    outcome("b", [24, 24, 27]),
    outcome("c", [24, 27, 28], { tenant: asId("brook") }),
    outcome("z", [28, null, null]),
  ];
  expect(fairnessOf(result({ jobs }))).toBeCloseTo(4 / (2 * 2.5), 12);
  expect(fairnessOf(result({ jobs: [outcome("a", [0, 0, 9])] }))).toBe(1);
});

test("estimates: the error is a share of the wait; what started at once is left out", () => {
  const told = (p50: number, p90: number) => ({
    estimate: { p50Ms: p50 * hour, p90Ms: p90 * hour },
  });
  const { estimated } = measure(
    result({
      jobs: [
        outcome("a", [0, 4, 5], told(5, 6)), // 25 % off
        outcome("b", [0, 10, 11], told(5, 8)), // 50 % off, later than its P90
        outcome("c", [0, 8, 9], told(8, 9)), // right
        outcome("d", [0, 1, 2], told(1, 1)), // at once
        outcome("e", [0, 3, 4]), // was told nothing
        outcome("f", [0, 30, 40], { ...told(2, 3), preemptions: 1 }), // started twice
        outcome("g", [0, null, null], told(2, 3)),
      ],
    }),
  );
  expect(estimated).toEqual({
    atOnce: 1,
    told: 3,
    untold: 1,
    medianError: 0.25,
    withinP90: 2 / 3,
  });
});

test("waits by tenant come in the order of the tenants", () => {
  const jobs = [
    outcome("a", [0, 2, 3], { tenant: asId("brook") }),
    outcome("b", [0, 1, 2]),
    outcome("c", [0, 3, 4]),
  ];
  const { tenants } = measure(result({ jobs }));
  expect(tenants.map(({ tenant, waitMs }) => [tenant, waitMs.mean / hour])).toEqual([
    ["acme", 2],
    ["brook", 2],
  ]);
});
