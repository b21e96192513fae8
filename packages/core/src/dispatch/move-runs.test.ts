import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asId, durationOf, noMoney, yuan } from "../units/index.ts";
import { aHost, aJob, aPool, aRun, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import type { Plan } from "./plan.ts";
import { openRegion } from "./region.ts";
import { round } from "./round.ts";
import type { PoolNow, RunNow, Shape, Snapshot } from "./snapshot.ts";

/** Only time counts: cards are free of charge, and an hour of waiting is worth a yuan. */
const policy: Policy = {
  ...defaultPolicy,
  order: "shortest",
  waitForCheaper: durationOf(0),
  preemption: {
    ...defaultPolicy.preemption,
    classes: [],
    moves: yuan(1n),
    leastRun: durationOf(0),
  },
};
const hour = 3_600_000;

const fastModel = "h100-sxm";
const slowModel = "a100-80g";
const cardsOf = (id: string, model: string, hosts = 1): PoolNow =>
  aPool({
    ...{ id, model, price: noMoney },
    hosts: Array.from({ length: hosts }, (_, i) => aHost({ id: asId(`${id}-${i + 1}`), cards: 1 })),
  });
const fast = cardsOf("fast", fastModel);
const slow = cardsOf("slow", slowModel);

/** It takes so many hours on a fast card, and on a slow one. */
const aWork = (
  onFast: number,
  onSlow: number,
  differs: Partial<Parameters<typeof aShape>[0]> = {},
) =>
  aShape({
    cards: aWish([
      [fastModel, 1, onFast],
      [slowModel, 1, onSlow],
    ]),
    maxRunTime: durationOf(1000 * hour),
    preemptible: true,
    checkpoint: { path: "kept", everyMinutes: 1 } as never,
    ...differs,
  });

/** On a pool's only host, with nothing to lose. */
const runOn = (pool: PoolNow, shape: Shape, differs: Partial<RunNow> = {}): RunNow => {
  const option = shape.cards.options.find(({ model }) => model === pool.model.id)!;
  return aRun({
    shape,
    pool: pool.id,
    hosts: [{ host: pool.hosts[0]!.id, replicas: 1 }],
    sinceMs: noonMs - hour,
    checkpointedMs: noonMs,
    expectedEndMs: noonMs + option.expectedRunTime!,
    ...differs,
  });
};

// The first gains little by fast cards, the second three times its speed.
const steady = aWork(10, 11);
const eager = aWork(10, 30);
const wrong = [runOn(fast, steady), runOn(slow, eager)] as const;
const pools = [fast, slow];
const stoppedIn = (plan: Plan) => new Map(plan.preemptions.map(({ job, rule }) => [job, rule]));
const decide = (differs: Partial<Snapshot> = {}) =>
  round(aSnapshot({ pools, policy, runs: wrong, ...differs }));

describe("two runs that suit each other's cards", () => {
  test("are both stopped, and then placed there", () => {
    const plan = decide();
    expect(stoppedIn(plan)).toEqual(new Map(wrong.map(({ job }) => [job, "moved"])));
    expect(plan.preemptions.map((one) => one.for)).toEqual(plan.preemptions.map(({ job }) => job));
    const queue = wrong.map(({ shape, job: id }) => ({ shape, jobs: [aJob({ id })] }));
    const { placements } = decide({ runs: [], queue });
    expect(new Map(placements.map(({ job, pool }) => [job, pool]))).toEqual(
      new Map([
        [wrong[0].job, "slow"],
        [wrong[1].job, "fast"],
      ]),
    );
  });

  const withPreemption = (differs: Partial<Policy["preemption"]>) => ({
    policy: { ...policy, preemption: { ...policy.preemption, ...differs } },
  });
  const bound = { cardQuota: 0, pastCardSeconds: 0, startedLately: 0 };
  const others = (differs: Partial<RunNow>) => ({
    runs: [wrong[0], { ...wrong[1], ...differs }],
  });
  test.each<[string, Partial<Snapshot>]>([
    ["the policy moves nothing", withPreemption({ moves: null })],
    ["it saves too little", withPreemption({ moves: yuan(7n) })],
    ["only one more may be stopped", withPreemption({ runsPerHour: 1 })],
    ["one is younger than the policy asks", withPreemption({ leastRun: durationOf(2 * hour) })],
    [
      "one may not be stopped",
      { runs: [wrong[0], runOn(slow, aWork(10, 30, { preemptible: false }))] },
    ],
    ["one is being stopped", others({ stopping: true })],
    ["one would lose more than is saved", others({ checkpointedMs: noonMs - 20 * hour })],
    ["a quota forbids it", { tenants: new Map([[wrong[0].tenant, bound]]) }],
    [
      "a pool is closed",
      { pools: [{ ...fast, closed: { code: "centre-draining", facts: {} } }, slow] },
    ],
    ["somebody waits for one of the pools", { queue: [{ shape: steady, jobs: [aJob()] }] }],
  ])("stay where %s", (_, differs) => {
    expect(decide(differs).preemptions).toEqual([]);
  });

  test("stay where they are best, and where they hold unlike numbers of cards", () => {
    expect(decide({ runs: [runOn(fast, eager), runOn(slow, steady)] }).preemptions).toEqual([]);
    const cards = aWish([
      [fastModel, 2, 10],
      [slowModel, 2, 30],
    ]);
    const wide = aWork(10, 30, { cards });
    const runs = [wrong[0], { ...runOn(slow, wide), need: { ...wrong[1].need, cards: 2 } }];
    const twice = { ...slow, hosts: [aHost({ id: asId("slow-1"), cards: 2 })] };
    expect(decide({ pools: [fast, twice], runs }).preemptions).toEqual([]);
  });
});

describe("whatever runs", () => {
  const wide = [cardsOf("a", fastModel, 3), cardsOf("b", slowModel, 3)];
  const anyWork = fc
    .tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 40 }), fc.boolean())
    .map(([onFast, onSlow, preemptible]) => aWork(onFast, onSlow, { preemptible }));
  const anyRuns = fc.array(anyWork, { minLength: 1, maxLength: 6 });

  test("moves come to an end, nothing is lost, and what may not be stopped is not", () => {
    let stopped = 0;
    fc.assert(
      fc.property(anyRuns, (works) => {
        const runs = new Map(
          works.map((shape, i): [string, RunNow] => {
            const pool = wide[i % 2]!;
            const host = pool.hosts[Math.floor(i / 2)]!.id;
            const run = runOn(pool, shape, { hosts: [{ host, replicas: 1 }] });
            return [run.job, run];
          }),
        );
        const region = openRegion(aSnapshot({ pools: wide, policy, runs: [...runs.values()] }));
        let moved = 0;
        for (let i = 0; i < 8; i += 1) {
          const plan = region.decide(noonMs);
          moved = plan.preemptions.length;
          stopped += moved;
          for (const placed of plan.placements) {
            const run: RunNow = {
              ...placed,
              sinceMs: noonMs,
              expectedEndMs: noonMs + placed.expectedRunTime,
              latestEndMs: noonMs + placed.limit,
              checkpointedMs: noonMs,
              stopping: false,
            };
            runs.set(run.job, run);
            region.apply([{ kind: "started", run }]);
          }
          for (const { job } of plan.preemptions) {
            const { shape, tenant } = runs.get(job)!;
            expect(shape.preemptible).toBe(true);
            runs.delete(job);
            region.apply([
              { kind: "ended", job },
              { kind: "queued", shape, job: { id: job, tenant, submittedMs: noonMs, array: null } },
            ]);
          }
          expect(runs.size + region.queued()).toBe(works.length);
        }
        expect(moved).toBe(0);
        expect(region.queued()).toBe(0);
      }),
      { numRuns: 300 },
    );
    expect(stopped).toBeGreaterThan(0);
  });
});
