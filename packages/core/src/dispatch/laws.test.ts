import fc from "fast-check";
import { expect, test } from "vitest";

import { asId, durationOf, yuan, type HostId, type JobId } from "../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import type { Change } from "./change.ts";
import type { Plan } from "./plan.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { openRegion } from "./region.ts";
import { round } from "./round.ts";
import type { PoolNow, RunNow, ShapeQueue, Snapshot } from "./snapshot.ts";

const hourMs = 3_600_000;
const models = ["h100-sxm", "ascend-910b3"] as const;

const anyShape = fc.record({
  replicas: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: 1, max: 5 }),
  model: fc.constantFrom(...models),
  other: fc.boolean(),
  hours: fc.integer({ min: 1, max: 6 }),
  priority: fc.constantFrom("urgent", "normal", "low"),
  preemptible: fc.boolean(),
  jobs: fc.array(
    fc.record({ minutes: fc.integer({ min: 0, max: 90 }), tenant: fc.constantFrom("a", "b", "c") }),
    { maxLength: 6 },
  ),
});
const anyPool = fc.record({
  model: fc.constantFrom(...models),
  price: fc.integer({ min: 1, max: 3 }),
  hosts: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
});
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    order: fc.constantFrom("fair" as const, "oldest" as const, "shortest" as const),
    depth: fc.constantFrom(0, 1, 3, null),
    shorter: fc.constantFrom(null, 2),
    ageing: fc.constantFrom(null, durationOf(hourMs)),
  })
  .map(({ order, depth, shorter, ageing }) => ({
    ...defaultPolicy,
    order,
    ageing,
    booking: { ...defaultPolicy.booking, depth },
    preemption: { ...defaultPolicy.preemption, shorter, leastRun: durationOf(0) },
  }));

/** A region that has run for some rounds: its runs are what rounds have placed before. */
const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    before: fc.array(anyShape, { maxLength: 5 }),
    shapes: fc.array(anyShape, { maxLength: 6 }),
    pools: fc.array(anyPool, { minLength: 1, maxLength: 4 }),
    policy: anyPolicy,
  })
  .map(({ before, shapes, pools, policy }) => {
    const start = aSnapshot({ pools: pools.map(poolOf), policy, queue: queueOf("old", before) });
    const runs = round(start).placements.map((placed, i) => runOf(placed, i));
    return { ...start, nowMs: noonMs + 90 * 60_000, runs, queue: queueOf("new", shapes) };
  });

const poolOf = ({ model, price, hosts }: Value<typeof anyPool>, p: number): PoolNow =>
  aPool({
    id: `pool-${p}`,
    model,
    price: yuan(BigInt(price)),
    hosts: hosts.map((cards, h) => aHost({ id: asId(`h${h}`), cards, rack: `r${h % 2}` })),
  });

function queueOf(name: string, shapes: readonly Value<typeof anyShape>[]): ShapeQueue[] {
  const queue = new Map<string, ShapeQueue>();
  for (const [s, one] of shapes.entries()) {
    const { model, count, replicas, priority, preemptible, hours, jobs, other } = one;
    const options: [string, number][] = [[model, count]];
    if (other) options.push([models.find((id) => id !== model)!, count]);
    const maxRunTime = durationOf(hours * hourMs);
    const shape = aShape({ replicas, priority, preemptible, maxRunTime, cards: aWish(options) });
    const more = jobs.map(({ minutes, tenant }, j) =>
      aJob({
        id: asId(`${name}-${s}-${j}`),
        tenant: asId(tenant),
        submittedMs: noonMs + minutes * 60_000,
      }),
    );
    queue.set(shape.key, { shape, jobs: [...(queue.get(shape.key)?.jobs ?? []), ...more] });
  }
  return [...queue.values()];
}

const runOf = (placed: Plan["placements"][number], i: number): RunNow => ({
  ...placed,
  sinceMs: noonMs,
  expectedEndMs: noonMs + placed.expectedRunTime / 2,
  latestEndMs: noonMs + placed.limit,
  checkpointedMs: i % 2 === 0 ? noonMs + 30 * 60_000 : null,
  stopping: false,
});

type Value<A> = A extends fc.Arbitrary<infer V> ? V : never;

/** Cards in use on each host: of runs, and of what a plan places. */
function usedOn(holders: readonly Pick<RunNow, "pool" | "hosts" | "need">[]) {
  const used = new Map<string, number>();
  for (const { pool, hosts, need } of holders) {
    for (const { host, replicas } of hosts) {
      const key = `${pool} ${host}`;
      used.set(key, (used.get(key) ?? 0) + replicas * need.cards);
    }
  }
  return used;
}

const summary = (plan: Plan) => ({
  placed: plan.placements.map(({ job, pool, hosts }) => ({ job, pool, hosts })),
  stopped: plan.preemptions,
  booked: plan.bookings.map(({ job, pool, hosts, startMs }) => ({ job, pool, hosts, startMs })),
  waiting: plan.waiting.map(({ shape }) => shape.key),
  held: plan.held
    .map(({ tenant, shape, reason }) => `${tenant} ${shape.key} ${reason.code}`)
    .sort(),
});

test("law: no host is ever given more than it has free, and every gang is whole", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const { placements } = round(snapshot);
      for (const { hosts, shape } of placements) {
        expect(hosts.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(shape.replicas);
      }
      const used = usedOn([...snapshot.runs, ...placements]);
      for (const { id, hosts } of snapshot.pools) {
        for (const host of hosts) {
          expect(used.get(`${id} ${host.id}`) ?? 0).toBeLessThanOrEqual(host.cards);
        }
      }
    }),
  );
});

test("law: the plan does not depend on the order of the snapshot's lists", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const reversed = {
        ...snapshot,
        runs: snapshot.runs.toReversed(),
        pools: snapshot.pools
          .map((pool) => ({ ...pool, hosts: pool.hosts.toReversed() }))
          .toReversed(),
        queue: snapshot.queue
          .map(({ shape, jobs }) => ({ shape, jobs: jobs.toReversed() }))
          .toReversed(),
      };
      expect(summary(round(reversed))).toEqual(summary(round(snapshot)));
    }),
  );
});

test("law: a round leaves the region as it was", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const region = openRegion(snapshot);
      const first = summary(region.decide(snapshot.nowMs));
      expect(summary(region.decide(snapshot.nowMs))).toEqual(first);
    }),
  );
});

test("law: a region that was told of changes decides as one that is opened on them", () => {
  fc.assert(
    fc.property(anySnapshot, fc.infiniteStream(fc.nat()), (snapshot, chance) => {
      const region = openRegion({ ...snapshot, runs: [], queue: [] });
      const changes = shuffled(changesTo(snapshot), chance);
      for (const change of changes) {
        region.apply([change]);
        region.decide(noonMs);
      }
      expect(summary(region.decide(snapshot.nowMs))).toEqual(summary(round(snapshot)));
      const ended = snapshot.runs.slice(0, 2).map(({ job }) => job);
      const runs = snapshot.runs.slice(2);
      region.apply(ended.map((job): Change => ({ kind: "ended", job })));
      expect(summary(region.decide(snapshot.nowMs))).toEqual(summary(round({ ...snapshot, runs })));
    }),
  );
});

const changesTo = ({ runs, queue }: Snapshot): Change[] => [
  ...runs.map((run): Change => ({ kind: "started", run })),
  ...queue.flatMap(({ shape, jobs }) =>
    jobs.map((job): Change => ({ kind: "queued", shape, job })),
  ),
];

function shuffled<T>(items: T[], chance: fc.Stream<number>): T[] {
  const keys = [...chance.take(items.length)];
  return items
    .map((item, i) => ({ item, key: keys[i]! }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

test("law: every job is placed, booked, gets room, or waits with a reason of each pool", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const plan = round(snapshot);
      const done = new Set<JobId>(plan.placements.map(({ job }) => job));
      for (const { for: job } of plan.preemptions) done.add(job);
      for (const { job } of plan.bookings) done.add(job);
      const waits = new Map(plan.waiting.map((wait) => [wait.shape.key, wait.candidates]));
      for (const { shape, jobs } of snapshot.queue) {
        for (const job of jobs.filter(({ id }) => !done.has(id))) {
          const candidates = waits.get(shape.key);
          expect(candidates?.length, job.id).toBe(snapshot.pools.length);
          expect(candidates?.every(({ reason }) => reason !== null)).toBe(true);
        }
      }
    }),
  );
});

test("law: no booked start is delayed by what is placed, however long it runs", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const { placements, bookings, preemptions } = round(snapshot);
      const stopped = new Set(preemptions.map(({ job }) => job));
      const holders = [
        ...snapshot.runs
          .filter(({ job }) => !stopped.has(job))
          .map((run) => ({
            ...run,
            fromMs: 0,
            toMs: Math.max(run.latestEndMs, snapshot.nowMs + 1),
          })),
        ...placements.map((one) => ({
          ...one,
          fromMs: snapshot.nowMs,
          toMs: snapshot.nowMs + one.limit,
        })),
        ...bookings.map((one) => ({
          ...one,
          fromMs: one.startMs,
          toMs: one.startMs + one.shape.maxRunTime,
        })),
      ];
      for (const { startMs } of bookings) {
        const used = usedOn(
          holders.filter(({ fromMs, toMs }) => fromMs <= startMs && startMs < toMs),
        );
        for (const { id, hosts } of snapshot.pools) {
          for (const host of hosts as readonly { id: HostId; cards: number }[]) {
            expect(used.get(`${id} ${host.id}`) ?? 0).toBeLessThanOrEqual(host.cards);
          }
        }
      }
    }),
  );
});

test("law: only what is preemptible is stopped, once, and never for its equal", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      const { preemptions } = round(snapshot);
      const runs = new Map(snapshot.runs.map((run) => [run.job, run]));
      expect(new Set(preemptions.map(({ job }) => job)).size).toBe(preemptions.length);
      for (const { job, for: wanted, rule } of preemptions) {
        expect(runs.get(job)?.shape.preemptible).toBe(true);
        const shape = snapshot.queue.find(({ jobs }) =>
          jobs.some(({ id }) => id === wanted),
        )!.shape;
        expect(rule === "class" && shape.priority !== "urgent").toBe(false);
      }
    }),
  );
});
