import fc from "fast-check";
import { expect, test } from "vitest";

import { asId, durationOf, microYuan, yuan } from "../../units/index.ts";
import type { PoolId } from "../../units/index.ts";
import { acme, acmeWith, busy, cheaperFromTwo, dataIn, hourMs } from "../advice/scenes.testing.ts";
import {
  aHost,
  aJob,
  aPool,
  aShape,
  aSnapshot,
  aWish,
  hosts,
  noonMs,
} from "../builders.testing.ts";
import { defaultPolicy } from "../policy.ts";
import { round } from "../round.ts";
import type { Scarcity, Shape, Snapshot } from "../snapshot.ts";
import { lineSentence, regionReport } from "./index.ts";

const waiting = (shape: Shape, count = 1) => ({
  shape,
  jobs: Array.from({ length: count }, () => aJob({ submittedMs: noonMs - hourMs })),
});
const report = (snapshot: Snapshot, scarcity: Scarcity | null = null) =>
  regionReport({ snapshot, plan: round(snapshot), scarcity });
const four = aWish([["h100-sxm", 4]]);

test("an empty region at rest: nothing binds, all is idle because nothing waits", () => {
  const { binding, scarceModels, hot, idle, ahead, queue } = report(aSnapshot());
  expect({ binding, scarceModels, hot, ahead, queue }).toEqual({
    binding: [],
    scarceModels: [],
    hot: [],
    ahead: [],
    queue: [],
  });
  expect(idle).toMatchObject([
    { pool: "pool-1", free: 8, total: 8, because: [{ code: "idle-no-queue" }] },
  ]);
});

test("a full pool: its queue counts once, for the pool, for the model, and as hot", () => {
  const pools = [
    aPool({ id: "cheap", price: yuan(5n) }),
    aPool({ id: "dear", price: yuan(9n) }),
    aPool({ id: "other", model: "a100-80g" }),
  ];
  const runs = ["cheap", "dear"].map((id) => busy(6, { pool: asId(id) }));
  // one job of 2 starts in each pool; then nothing is free for three more, nor for two of 4
  const queue = [
    waiting(aShape({ cards: aWish([["h100-sxm", 2]]) }), 5),
    waiting(aShape({ cards: four }), 2),
  ];
  // Nobody waits for the cheaper pool while the other has room.
  const policy = { ...defaultPolicy, waitForCheaper: durationOf(0) };
  const told = report(aSnapshot({ pools, runs, queue, policy }));
  const facts = { pool: "cheap", centre: "centre-of-cheap", model: "h100-sxm" };
  expect(told.binding).toEqual([
    { code: "pool-full", facts: { ...facts, free: 0, total: 8, jobs: 5, cards: 14 } },
  ]);
  expect(told.scarceModels).toEqual([
    {
      code: "short-of-model",
      facts: { model: "h100-sxm", free: 0, total: 16, pools: 2, jobs: 5, cards: 14 },
    },
  ]);
  expect(told.hot).toEqual([
    { code: "full-with-queue", facts: { ...facts, total: 8, jobs: 5, cards: 14 } },
  ]);
  expect(lineSentence(told.hot[0]!)).toBe(
    "All 8 h100-sxm of cheap are in use, and 5 jobs (14 cards) would go there first.",
  );
  expect(told.idle.map(({ pool, because }) => [pool, because[0]!.code])).toEqual([
    ["other", "idle-other-model"],
  ]);
  expect(told.byModel).toEqual([
    { name: "a100-80g", total: 8, used: 0, starting: 0, free: 8, emulated: 0 },
    { name: "h100-sxm", total: 16, used: 12, starting: 4, free: 0, emulated: 0 },
  ]);
  expect(told.queue).toEqual([
    { priority: "normal", model: "h100-sxm", jobs: 5, cards: 14, longestWaitMs: hourMs },
  ]);
});

test("quotas and bounds hold jobs back by name, whatever is free", () => {
  const own = aShape({ cards: four });
  const array = asId<never>("array");
  const bounded = { shape: aShape(), jobs: [aJob({ array, tenant: asId("else") })] };
  const snapshot = aSnapshot({
    tenants: acmeWith(3),
    arrays: new Map([[array, { running: 2, parallel: 2 }]]),
    queue: [waiting(own, 3), bounded],
  });
  const { binding, idle } = report(snapshot);
  expect(binding).toEqual([
    { code: "tenant-at-quota", facts: { tenant: acme, quota: 3, jobs: 3, cards: 12 } },
    { code: "array-at-bound", facts: { jobs: 1, cards: 1 } },
  ]);
  expect(idle[0]!.because).toMatchObject([{ code: "idle-quota", facts: { jobs: 4, cards: 13 } }]);
});

test("jobs that can run nowhere are told by what came nearest", () => {
  const limits = aShape().constraints;
  const queue = [
    waiting(aShape({ maxCost: yuan(1n) })),
    waiting(aShape({ inputs: [dataIn("mars")] }), 2),
    waiting(aShape({ constraints: { ...limits, domesticOnly: true } }), 3),
    waiting(aShape({ cards: aWish([["a100-80g", 1]]) }), 4),
    waiting(aShape({ replicas: 9 })),
  ];
  const { binding, idle } = report(aSnapshot({ queue }));
  expect(binding.map(({ code, facts }) => [code, facts.jobs])).toEqual([
    ["too-large", 1],
    ["no-such-card", 4],
    ["bound-too-tight", 3],
    ["data-out-of-reach", 2],
    ["budget-too-small", 1],
  ]);
  expect(idle[0]!.because.map(({ code }) => code)).toEqual([
    "idle-price",
    "idle-data",
    "idle-too-small",
    "idle-constraints",
    "idle-other-model",
  ]);
});

test("free cards that are kept, scattered, closed, or left for a cheaper hour", () => {
  const scattered = [aHost({ id: asId("h1"), cards: 2 }), aHost({ id: asId("h2"), cards: 4 })];
  const closes = [{ fromMs: noonMs + hourMs, toMs: noonMs + 2 * hourMs }];
  const closed = { code: "centre-draining", facts: { centre: "x" } } as const;
  const pools = [
    aPool({ id: "kept", model: "a100-80g", maintenance: closes }),
    aPool({ id: "closed", model: "a800-80g", closed }),
    aPool({ id: "later", model: "h20", prices: cheaperFromTwo() }),
    aPool({ id: "scattered", hosts: scattered }),
    aPool({ id: "now", model: "l40s", maintenance: [{ fromMs: noonMs, toMs: noonMs + hourMs }] }),
  ];
  const runs = [busy(2, { pool: asId("scattered"), hosts: [{ host: asId("h2"), replicas: 1 }] })];
  const asks = (model: string, count: number) =>
    waiting(aShape({ cards: aWish([[model, count]]) }));
  const queue = [asks("a100-80g", 1), asks("a800-80g", 2), asks("h20", 3), asks("h100-sxm", 4)];
  const { binding, idle } = report(aSnapshot({ pools, runs, queue }));
  expect(new Map(binding.map(({ code, facts }) => [code, facts.pool]))).toEqual(
    new Map([
      ["pool-fragmented", "scattered"],
      ["cheaper-hour", "later"],
      ["pool-closed", "closed"],
      ["pool-kept", "kept"],
    ]),
  );
  expect(new Map(idle.map(({ pool, because }) => [pool as string, because[0]!.code]))).toEqual(
    new Map([
      ["closed", "idle-closed"],
      ["kept", "idle-kept"],
      ["later", "idle-until-cheaper"],
      ["now", "idle-maintenance"],
      ["scattered", "idle-fragments"],
    ]),
  );
});

const worths = (
  fromMs: number,
  prices: readonly (readonly [string, readonly number[]])[],
): Scarcity => ({
  atMs: fromMs,
  fromMs,
  perCardHour: new Map(
    prices.map(([id, each]) => [asId<PoolId>(id), each.map((one) => one * 1e6)]),
  ),
});

test("what one more card is worth now and ahead, by stretches, the dearest first", () => {
  const pools = [aPool({ id: "a" }), aPool({ id: "b" })];
  const scarcity = worths(noonMs, [
    ["a", [2, 3, 3, 0, 7.129]],
    ["b", [0, 0, 5, 0.001]],
  ]);
  const { hot, ahead, worthFromMs } = report(
    aSnapshot({ pools, nowMs: noonMs + 60_000 }),
    scarcity,
  );
  expect(worthFromMs).toBe(noonMs);
  expect(hot).toMatchObject([{ code: "worth-more-now", facts: { pool: "a", worth: "2.00" } }]);
  expect(ahead.map(({ facts }) => [facts.pool, facts.worth, facts.from, facts.to])).toEqual([
    ["a", "7.12", "2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z"],
    ["b", "5.00", "2026-12-01T06:00:00Z", "2026-12-01T07:00:00Z"],
    ["a", "3.00", "2026-12-01T05:00:00Z", "2026-12-01T07:00:00Z"],
  ]);
  expect(lineSentence(ahead[1]!)).toBe(
    "One more h100-sxm in b is worth 5.00 yuan an hour from 2026-12-01T06:00:00Z to 2026-12-01T07:00:00Z, beyond its price.",
  );
});

test("a plan that explains nothing is refused", () => {
  const snapshot = aSnapshot({ runs: [busy(8)], queue: [waiting(aShape())] });
  const plan = round(snapshot);
  const mute = { ...plan, waiting: plan.waiting.map((one) => ({ ...one, candidates: [] })) };
  expect(() => regionReport({ snapshot, plan: mute, scarcity: null })).toThrow(/explains: true/);
});

const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    shapes: fc.array(
      fc.record({
        replicas: fc.integer({ min: 1, max: 3 }),
        count: fc.integer({ min: 1, max: 6 }),
        share: fc.constantFrom(1000, 1000, 300),
        model: fc.constantFrom("h100-sxm", "ascend-910b3"),
        jobs: fc.integer({ min: 1, max: 5 }),
        isPoor: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    pools: fc.array(
      fc.record({
        model: fc.constantFrom("h100-sxm", "ascend-910b3"),
        hosts: fc.integer({ min: 1, max: 3 }),
        used: fc.integer({ min: 0, max: 8 }),
        minimumSlice: fc.constantFrom(1000, 100),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    quota: fc.constantFrom(null, 4),
  })
  .map(({ shapes, pools, quota }) =>
    aSnapshot({
      pools: pools.map(({ model, hosts: count, minimumSlice }, p) =>
        aPool({
          id: `pool-${p}`,
          model,
          minimumSlice,
          hosts: hosts(count),
          price: yuan(BigInt(p + 1)),
        }),
      ),
      runs: pools.flatMap(({ used }, p) =>
        used > 0 ? [busy(used, { pool: asId(`pool-${p}`) })] : [],
      ),
      tenants: acmeWith(quota),
      queue: [
        ...new Map(
          shapes.map(({ replicas, count, share, model, jobs, isPoor }) => {
            const wish = aWish([[model, share < 1000 ? 1 : count]]);
            const cards = { ...wish, options: [{ ...wish.options[0]!, share }] };
            const shape = aShape({
              replicas,
              cards,
              maxCost: isPoor ? microYuan(9_000_000n) : null,
            });
            return [shape.key, waiting(shape, jobs)] as const;
          }),
        ).values(),
      ],
    }),
  );

test("law: every job that waits is counted once, and all cards are somewhere", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const plan = round(snapshot);
      const told = regionReport({ snapshot, plan, scarcity: null });
      const queued = snapshot.queue.reduce((sum, { jobs }) => sum + jobs.length, 0);
      const left = queued - plan.placements.length;
      const jobsIn = (facts: readonly { jobs?: string | number }[]) =>
        facts.reduce((sum, { jobs }) => sum + Number(jobs), 0);
      expect(jobsIn(told.binding.map(({ facts }) => facts))).toBe(left);
      expect(jobsIn(told.queue)).toBe(left);
      for (const { total, used, starting, free } of [...told.byCentre, ...told.byModel]) {
        expect(used + starting + free).toBeCloseTo(total, 6);
      }
      for (const { because } of told.idle) expect(because.length).toBeGreaterThan(0);
    }),
  );
});

test("law: the order of lists changes nothing", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const turned = {
        ...snapshot,
        pools: snapshot.pools.toReversed(),
        runs: snapshot.runs.toReversed(),
        queue: snapshot.queue
          .toReversed()
          .map(({ shape, jobs }) => ({ shape, jobs: jobs.toReversed() })),
      };
      expect(report(turned)).toEqual(report(snapshot));
    }),
  );
});
