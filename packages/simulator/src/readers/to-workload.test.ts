import { asId, type CardModelId } from "@wadi/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { roundTime } from "./round-times.ts";
import { toWorkload } from "./to-workload.ts";
import { gangOf, plainJob, type TracedJob } from "./traced-job.ts";

const aJob = (differs: Partial<TracedJob> = {}): TracedJob => ({
  ...plainJob,
  id: "a",
  tenant: "t",
  submittedMs: 1000,
  cards: 1,
  models: [
    { model: "h20", speed: 1 },
    { model: "a800-80g", speed: 2 },
  ],
  runMs: 3_600_000,
  ...differs,
});
const played = (jobs: readonly TracedJob[], options: object = {}) =>
  toWorkload({ jobs, impossible: [] }, { name: "w", ...options });

const h20 = asId<CardModelId>("h20");
const a800 = asId<CardModelId>("a800-80g");

test("a run takes its traced time ÷ the model's speed, and is declared so in round times", () => {
  const [job] = played([aJob({ runMs: 3_700_000 })]).jobs;
  expect(job?.trueRunMs.get(h20)).toBe(3_700_000);
  expect(job?.trueRunMs.get(a800)).toBe(1_850_000);
  expect(job?.shape.cards.options.map(({ expectedRunTime }) => expectedRunTime)).toStrictEqual([
    3_900_000, 1_950_000,
  ]);
});

test("jobs are sorted by submission, then id; equal shapes are one value", () => {
  const jobs = [aJob({ id: "c" }), aJob({ id: "b" }), aJob({ id: "z", submittedMs: 0 })];
  const { jobs: sorted } = played(jobs);
  expect(sorted.map(({ id }) => id)).toStrictEqual(["z", "b", "c"]);
  expect(new Set(sorted.map(({ shape }) => shape)).size).toBe(1);
});

test("`from` moves all jobs and their deadlines together", () => {
  const from = Temporal.Instant.from("2026-03-02T00:00:00Z");
  const jobs = [
    aJob({ submittedMs: 5000, deadlineMs: 9000 }),
    aJob({ id: "b", submittedMs: 7000 }),
  ];
  const moved = played(jobs, { from }).jobs;
  expect(moved.map(({ submittedMs }) => submittedMs - from.epochMilliseconds)).toStrictEqual([
    0, 2000,
  ]);
  expect(moved[0]?.shape.deadlineMs).toBe(from.epochMilliseconds + 4000);
});

test("estimates are wrong by at most the factor, both ways; true times are not", () => {
  const jobs = Array.from({ length: 500 }, (_, i) => aJob({ id: `j${1000 + i}` }));
  const options = { estimateError: 2, seed: 3, exactEstimates: true };
  const { jobs: wrong } = played(jobs, options);
  const ratios = wrong.map(({ shape }) => shape.cards.options[0]!.expectedRunTime! / 3_600_000);
  expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.4999);
  expect(Math.max(...ratios)).toBeLessThanOrEqual(2.0001);
  expect(ratios.filter((ratio) => ratio < 1).length).toBeGreaterThan(200);
  expect(ratios.filter((ratio) => ratio < 1).length).toBeLessThan(300);
  expect(wrong.every(({ trueRunMs }) => trueRunMs.get(h20) === 3_600_000)).toBe(true);
  expect(played(jobs, options)).toStrictEqual(played(jobs.toReversed(), options));
});

test("a run always keeps its limit, on each model it may have", () => {
  const anyJob = fc.record({
    runMs: fc.integer({ min: 1, max: 10_000_000_000 }),
    estimateMs: fc.option(fc.integer({ min: 1, max: 10_000_000_000 })),
    limitMs: fc.option(fc.integer({ min: 1, max: 10_000_000_000 })),
  });
  fc.assert(
    fc.property(anyJob, fc.integer({ min: 1, max: 4 }), (differs, estimateError) => {
      const [job] = played([aJob(differs)], { estimateError }).jobs;
      expect(job!.shape.maxRunTime).toBeGreaterThanOrEqual(Math.max(...job!.trueRunMs.values()));
    }),
  );
});

test("cards scale, at least to one, and stay a gang that divides evenly", () => {
  const scaled = (cards: number, cardsScale: number) => {
    const { shape } = played([aJob({ cards })], { cardsScale }).jobs[0]!;
    return [shape.replicas, shape.cards.options[0]!.count];
  };
  expect(scaled(1, 0.1)).toStrictEqual([1, 1]);
  expect(scaled(8, 4)).toStrictEqual([4, 8]);
  expect(scaled(3, 4)).toStrictEqual([2, 6]);
});

test("added data is the tenant's own, for the share of jobs that was asked", () => {
  const jobs = Array.from({ length: 400 }, (_, i) =>
    aJob({ id: `j${1000 + i}`, tenant: i % 2 === 0 ? "even" : "odd" }),
  );
  const options = { data: { share: 0.5, places: ["a", "b", "c"] }, seed: 5 };
  const { jobs: read } = played(jobs, options);
  const withSome = read.filter(({ shape }) => shape.data.length > 0);
  expect(withSome.length).toBeGreaterThan(160);
  expect(withSome.length).toBeLessThan(240);
  for (const tenant of ["even", "odd"]) {
    const own = withSome.filter((job) => job.tenant === tenant);
    expect(new Set(own.map(({ shape }) => shape)).size).toBeLessThanOrEqual(3);
  }
  expect(played(jobs, options)).toStrictEqual(played(jobs.toReversed(), options));
  expect(() => played(jobs, { data: { share: 2, places: ["a"] } })).toThrow("data.share is 2");
  expect(() => played(jobs, { data: { share: 1, places: [] } })).toThrow("data.places is empty");
});

test("too many replicas and runs of more than a year are impossible", () => {
  const jobs = [aJob({ id: "a", replicas: 10_001 }), aJob({ id: "b", runMs: 1e12 })];
  const { jobs: none, impossible } = played(jobs);
  expect(none).toStrictEqual([]);
  expect(impossible.map(({ id }) => id)).toStrictEqual(["a", "b"]);
});

test.each([
  [{ cardsScale: 0 }, "cardsScale"],
  [{ estimateError: 0.5 }, "estimateError"],
  [{ seed: 0.5 }, "seed"],
  [{ models: [{ model: "h20", speed: 0 }] }, "speed of h20"],
  [
    {
      models: [
        { model: "h20", speed: 1 },
        { model: "h20", speed: 2 },
      ],
    },
    "h20 twice",
  ],
])("the option %j is refused by its name", (options, name) => {
  expect(() => played([aJob()], options)).toThrow(name);
});

test("a gang has all its cards, none of its replicas too large", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 16 }),
      (cards, most) => {
        const gang = gangOf(cards, most);
        expect(gang.replicas * gang.cards).toBe(cards);
        expect(gang.cards).toBeLessThanOrEqual(most);
      },
    ),
  );
});

test("round times are near, grow, and are their own round times", () => {
  const anyMs = fc.integer({ min: 1000, max: 31_622_400_000 });
  fc.assert(
    fc.property(anyMs, anyMs, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(roundTime(low)).toBeLessThanOrEqual(roundTime(high));
      expect(Math.abs(Math.log(roundTime(a) / a))).toBeLessThan(Math.log(1.12));
      expect(roundTime(roundTime(a))).toBe(roundTime(a));
    }),
  );
});
