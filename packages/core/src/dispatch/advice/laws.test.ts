import fc from "fast-check";
import { expect, test } from "vitest";

import { asId, durationOf, mebibytes, milliCores, yuan } from "../../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noon, noonMs } from "../builders.testing.ts";
import type { Placement } from "../plan.ts";
import { quote } from "../quote.ts";
import { openRegion } from "../region.ts";
import { round } from "../round.ts";
import type { RunNow, Shape, Snapshot } from "../snapshot.ts";
import { openAsking, rankOf } from "./ask.ts";
import { whatHelps } from "./index.ts";
import {
  acme,
  acmeWith,
  busy,
  cheaperFromTwo,
  dataIn,
  hourMs,
  organised,
} from "./scenes.testing.ts";

const models = ["h100-sxm", "a100-80g", "ascend-910b3"] as const;
const places = ["hangzhou", "hefei"] as const;

/** The first in three cases out of four, so that a case has few faults at a time. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const anyShape: fc.Arbitrary<Shape> = fc
  .record({
    replicas: mostly(1, 2, 4),
    count: fc.integer({ min: 1, max: 8 }),
    share: mostly(1000, 500),
    model: mostly(...models),
    expected: fc.constantFrom(undefined, 1, 3),
    cores: mostly(4, 40, 80),
    gibibytes: mostly(16, 300, 700),
    budget: mostly(null, yuan(5n), yuan(40n)),
    deadline: mostly(null, noon.add({ hours: 2 }), noon.add({ hours: 9 })),
    constraints: fc.record({
      places: mostly([], [asId<never>("hefei")]),
      domesticOnly: mostly(false, true),
      allowCentres: mostly([], [asId<never>("centre-of-pool-1")]),
      denyCentres: mostly([], [asId<never>("centre-of-pool-0")]),
    }),
    data: mostly(false, true),
  })
  .map((one) => {
    const isPart = one.share < 1000;
    const wish = aWish([[one.model, isPart ? 1 : one.count, one.expected]]);
    const cards = { ...wish, options: [{ ...wish.options[0]!, share: one.share }] };
    return aShape({
      ...{ cards, replicas: one.replicas, constraints: one.constraints },
      cpu: milliCores(one.cores * 1000),
      memory: mebibytes(one.gibibytes * 1024),
      maxCost: one.budget,
      deadline: one.deadline,
      inputs: one.data ? [dataIn("hefei")] : [],
      maxRunTime: durationOf(4 * hourMs),
    });
  });

const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    pools: fc.array(
      fc.record({
        model: mostly(...models),
        place: fc.constantFrom(...places),
        cards: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
        used: fc.integer({ min: 0, max: 8 }),
        isCheaperLater: mostly(false, true),
        closes: mostly(false, true),
        minimumSlice: fc.constantFrom(1000, 250),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    quota: mostly(null, 2),
    nominal: mostly(100, 2),
    linked: mostly(true, false),
    minutes: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ pools, quota, nominal, linked, minutes }) => {
    const runs = pools.map(({ used, cards }, p): RunNow =>
      busy(Math.min(used, cards[0]!), {
        pool: asId(`pool-${p}`),
        hosts: [{ host: asId("h0"), replicas: 1 }],
      }),
    );
    return aSnapshot({
      nowMs: noonMs + minutes * 60_000,
      pools: pools.map(({ model, place, cards, isCheaperLater, closes, minimumSlice }, p) =>
        aPool({
          ...{ id: `pool-${p}`, model, minimumSlice, place: asId(place) },
          ...(isCheaperLater ? { prices: cheaperFromTwo() } : { price: yuan(BigInt(p + 3)) }),
          hosts: cards.map((count, h) => aHost({ id: asId(`h${h}`), cards: count })),
          maintenance: closes ? [{ fromMs: noonMs + 2 * hourMs, toMs: noonMs + 5 * hourMs }] : [],
        }),
      ),
      links: linked
        ? [{ from: asId("hefei"), to: asId("hangzhou"), megabitsPerSecond: 100, perGB: yuan(1n) }]
        : [],
      runs: runs.filter(({ need }) => need.cards > 0),
      tenants: acmeWith(quota),
      policy: organised({ nominal, borrow: 0 }, null),
    });
  });

test("law: what is said to start a job now does: a round places it once the change is made", () => {
  fc.assert(
    fc.property(anyShape, anySnapshot, (shape, snapshot) => {
      for (const help of whatHelps({ shape, tenant: acme }, snapshot)) {
        if (help.starts.kind !== "now") continue;
        const job = aJob();
        const queue = [{ shape: help.shape, jobs: [job] }];
        const plan = round({ ...snapshot, ...help.region, queue });
        expect(plan.placements.map((placed) => placed.job)).toEqual([job.id]);
        expect(plan.placements[0]!.cost).toEqual(help.cost);
      }
    }),
    { numRuns: 300 },
  );
});

test("law: a help is better than no change, and what starts now comes first", () => {
  fc.assert(
    fc.property(anyShape, anySnapshot, (shape, snapshot) => {
      const helps = whatHelps({ shape, tenant: acme }, snapshot);
      const before = openAsking(1).ask({ shape, tenant: acme, snapshot, promised: [] })!.start;
      const ranks = helps.map(({ starts }) => rankOf(starts));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      for (const rank of ranks) expect(rank).toBeLessThanOrEqual(rankOf(before));
      const startsNow = quote(shape, snapshot, acme).verdict === "starts-now";
      expect(startsNow && helps.length > 0).toBe(false);
    }),
  );
});

test("law: the order of the region's lists changes nothing", () => {
  fc.assert(
    fc.property(anyShape, anySnapshot, (shape, snapshot) => {
      const turned = {
        ...snapshot,
        pools: snapshot.pools.toReversed(),
        runs: snapshot.runs.toReversed(),
      };
      const codes = (one: Snapshot) =>
        whatHelps({ shape, tenant: acme }, one).map(({ changes, starts }) => ({ changes, starts }));
      expect(codes(turned)).toEqual(codes(snapshot));
    }),
  );
});

test("law: beside starts that are promised to others the same holds, and they keep theirs", () => {
  fc.assert(
    fc.property(anySnapshot, fc.nat(2), fc.nat(3), (snapshot, small, wide) => {
      const shape = aShape({ cards: aWish([["h100-sxm", 1 + small]]) });
      const others = aShape({ cards: aWish([["h100-sxm", 5 + wide]]) });
      const first = { shape: others, jobs: [aJob({ tenant: asId("else") })] };
      const { bookings: promised, placements } = round({ ...snapshot, queue: [first] });
      fc.pre(promised.length > 0 && placements.length === 0);
      for (const help of whatHelps({ shape, tenant: acme, promised }, snapshot)) {
        if (help.starts.kind !== "now") continue;
        const job = aJob({ tenant: acme, submittedMs: snapshot.nowMs + 1 });
        const queue = [{ shape: help.shape, jobs: [job] }];
        const region = openRegion({ ...snapshot, ...help.region, queue });
        const plan = region.decide(snapshot.nowMs, { promised });
        expect(plan.placements.map((placed) => placed.job)).toEqual([job.id]);
        const runs = [...snapshot.runs, runOf(plan.placements[0]!, snapshot.nowMs)];
        const after = round({ ...snapshot, runs, queue: [first] });
        for (const { startMs } of promised) {
          const started = after.placements.length > 0 ? snapshot.nowMs : after.bookings[0]?.startMs;
          expect(started).toBeLessThanOrEqual(startMs);
        }
      }
    }),
    { numRuns: 200 },
  );
});

const runOf = (placed: Placement, nowMs: number): RunNow => ({
  ...placed,
  sinceMs: nowMs,
  expectedEndMs: nowMs + placed.expectedRunTime,
  latestEndMs: nowMs + placed.limit,
  checkpointedMs: null,
  stopping: false,
});
