import fc from "fast-check";
import { expect, test } from "vitest";

import { priceSchedule, weekdays } from "../capacity/index.ts";
import { asId, durationOf, yuan, type CentreId, type JobId } from "../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { openRegion, type DispatchRegion } from "./region.ts";
import type { PoolNow, QueuedJob, Shape } from "./snapshot.ts";

/* Always more who want the cards than there is room for. */

const minute = 60_000;
const hour = 60 * minute;
const step = 10 * minute;

interface Wanted {
  readonly shape: Shape;
  readonly job: QueuedJob;
}

interface Flood {
  readonly policy?: Policy;
  /** One host of eight cards unless said otherwise. */
  readonly pools?: readonly PoolNow[];
  readonly coming: (atMs: number) => readonly Wanted[];
  readonly mostHours: number;
}

/** Plays ten minutes at a time what `coming` brings; every start as it comes. */
function* startsIn({ policy = defaultPolicy, pools = [aPool()], coming, mostHours }: Flood) {
  const region = openRegion(aSnapshot({ policy, pools }));
  const ends = new Map<JobId, number>();
  for (let atMs = noonMs; atMs < noonMs + mostHours * hour; atMs += step) {
    for (const [job, endMs] of ends) {
      if (endMs > atMs) continue;
      region.apply([{ kind: "ended", job }]);
      ends.delete(job);
    }
    for (const { shape, job } of coming(atMs)) region.apply([{ kind: "queued", shape, job }]);
    for (const [job, endMs] of startAll(region, atMs)) {
      ends.set(job, endMs);
      yield { job, atMs };
    }
  }
}

/** How many hours a job waits that comes two hours later; undefined: for ever. */
function startOf({ shape, job }: Wanted, flood: Flood): number | undefined {
  const comesMs = noonMs + 2 * hour;
  const coming = (atMs: number) => [
    ...flood.coming(atMs),
    ...(atMs === comesMs ? [{ shape, job: { ...job, submittedMs: comesMs } }] : []),
  ];
  for (const start of startsIn({ ...flood, coming })) {
    if (start.job === job.id) return (start.atMs - comesMs) / hour;
  }
  return undefined;
}

function startAll(region: DispatchRegion, nowMs: number): Map<JobId, number> {
  const { placements } = region.decide(nowMs);
  for (const placed of placements) {
    const latestEndMs = nowMs + placed.limit;
    const times = { sinceMs: nowMs, expectedEndMs: latestEndMs, latestEndMs };
    const run = { ...placed, ...times, checkpointedMs: null, stopping: false };
    region.apply([{ kind: "started", run }]);
  }
  return new Map(placements.map(({ job, limit }) => [job, nowMs + limit]));
}

const oneHour = durationOf(hour);
const small = (atMs: number, priority: "high" | "normal" = "normal", tenant = "many"): Wanted => ({
  shape: aShape({ priority, maxRunTime: oneHour }),
  job: aJob({ tenant: asId(tenant), submittedMs: atMs }),
});
const flooding = (priority: "high" | "normal", tenant?: string) => (atMs: number) =>
  Array.from({ length: 3 }, () => small(atMs, priority, tenant));

const gang: Wanted = {
  shape: aShape({ cards: aWish([["h100-sxm", 8]]), maxRunTime: oneHour }),
  job: aJob({ tenant: asId("one"), submittedMs: noonMs + 2 * hour }),
};

test("a wide gang waits for those that were there before it, not for those that come after", () => {
  // Of two hours' flood twenty jobs are left: three fillings of the host, and its own turn.
  expect(startOf(gang, { coming: flooding("normal"), mostHours: 12 })).toBeLessThanOrEqual(4);
});

test("without a booked start the small jobs would pass it for ever", () => {
  const policy = { ...defaultPolicy, booking: { ...defaultPolicy.booking, depth: 0 } };
  expect(startOf(gang, { policy, coming: flooding("normal"), mostHours: 48 })).toBeUndefined();
});

test("a job of a low class is served in the end, since waiting raises it", () => {
  const low = {
    shape: aShape({ priority: "low", maxRunTime: oneHour }),
    job: aJob({ tenant: asId("patient"), submittedMs: noonMs + 2 * hour }),
  };
  const coming = flooding("high", "busy");
  const policy = { ...defaultPolicy, ageing: durationOf(4 * hour) };
  // Three classes up, four hours each: then it stands beside the oldest of the flood.
  expect(startOf(low, { policy, coming, mostHours: 24 })).toBeLessThanOrEqual(12);
  const strict = { ...defaultPolicy, ageing: null };
  expect(startOf(low, { policy: strict, coming, mostHours: 24 })).toBeUndefined();
});

test("a tenant who comes late to a long queue of another's is served at once", () => {
  const late = small(noonMs + 2 * hour, "normal", "late");
  expect(startOf(late, { coming: flooding("normal"), mostHours: 12 })).toBeLessThanOrEqual(0.5);
});

/** Prices of a card-hour by day: each holds from its hour on. */
function tariff(prices: readonly (readonly [fromHour: number, price: number])[]) {
  const rules = prices.map(([fromHour, price], i) => ({
    days: weekdays,
    fromHour,
    toHour: prices[i + 1]?.[0] ?? 24,
    perCardHour: yuan(BigInt(price)),
  }));
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone: "Asia/Shanghai", periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("a tariff of the test is wrong");
  return made.value;
}

const patient: Wanted = {
  shape: aShape({ priority: "low", maxRunTime: oneHour }),
  job: aJob({ tenant: asId("patient") }),
};
/** Who is ahead of all others takes so many cards of one pool, each full hour for an hour. */
const floodingOnly = (pool: string, cards: number) => {
  const { constraints } = aShape();
  const only = { ...constraints, allowCentres: [asId<CentreId>(`centre-of-${pool}`)] };
  const shape = aShape({ priority: "urgent", maxRunTime: oneHour, constraints: only });
  return (atMs: number) => {
    const coming = (atMs - noonMs) % hour === 0 ? cards : 0;
    return Array.from({ length: coming }, () => ({ shape, job: aJob({ submittedMs: atMs }) }));
  };
};

const flat = [[0, 1]] as const;
/** One yuan from 23:00 to 07:00. */
const nightly = [...flat, [7, 9], [23, 1]] as const;

test.each([
  ["is free within the hour, as it seems", flat, { day: 24, threeHours: 3 }],
  // It comes at 14:00: by six in the morning the next night is more than a day after that.
  ["is cheap each night", nightly, { day: 16, threeHours: 0 }],
] as const)("a pool that is always full and %s is not waited for longer", (_, prices, hours) => {
  const pools = [
    aPool({ id: "cheap", prices: tariff(prices), hosts: [aHost({ cards: 2 })] }),
    aPool({ id: "dear", price: yuan(5n) }),
  ];
  const flood = { pools, coming: floodingOnly("cheap", 2), mostHours: 40 };
  expect(startOf(patient, flood)).toBe(hours.day);
  const policy = { ...defaultPolicy, waitForCheaper: durationOf(3 * hour) };
  expect(startOf(patient, { ...flood, policy })).toBe(hours.threeHours);
});

const anyTariff = fc
  .uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 5 })
  .chain((hours) => {
    const from = [0, ...hours.toSorted((a, b) => a - b)];
    return fc.tuple(...from.map((at) => fc.tuple(fc.constant(at), fc.integer({ min: 0, max: 9 }))));
  });
const anyPlay = fc.record({
  order: fc.constantFrom("fair" as const, "oldest" as const, "shortest" as const),
  withinHours: fc.constantFrom(0, 2, 7, 24),
  /** The first has room for all. */
  tariffs: fc.array(anyTariff, { minLength: 1, maxLength: 3 }),
  jobs: fc.array(
    fc.record({
      comes: fc.integer({ min: 0, max: 60 }),
      hours: fc.integer({ min: 1, max: 9 }),
      tenant: fc.constantFrom("a", "b"),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  isFlooded: fc.boolean(),
});

test("law: where there is room for all, nobody waits longer than waitForCheaper has it", () => {
  fc.assert(
    fc.property(anyPlay, ({ order, withinHours, tariffs, jobs, isFlooded }) => {
      const pools = tariffs.map((prices, i) =>
        aPool({
          ...{ id: `p${i}`, prices: tariff(prices) },
          hosts: [aHost({ cards: i === 0 ? 8 * jobs.length : 1 })],
        }),
      );
      const wanted = jobs.map(({ comes, hours, tenant }) => ({
        shape: aShape({ priority: "low", maxRunTime: durationOf(hours * hour) }),
        job: aJob({ tenant: asId(tenant), submittedMs: noonMs + comes * step }),
      }));
      const others = isFlooded ? floodingOnly("p1", 1) : () => [];
      const coming = (atMs: number) => [
        ...wanted.filter(({ job }) => job.submittedMs === atMs),
        ...others(atMs),
      ];
      const policy = { ...defaultPolicy, order, waitForCheaper: durationOf(withinHours * hour) };
      const mostHours = 12 + withinHours;
      const started = new Map<JobId, number>();
      for (const { job, atMs } of startsIn({ policy, pools, coming, mostHours })) {
        started.set(job, atMs);
      }
      for (const { job } of wanted) {
        const waited = (started.get(job.id) ?? Infinity) - job.submittedMs;
        expect(waited).toBeLessThanOrEqual(withinHours * hour);
      }
    }),
    { numRuns: 40 },
  );
});
