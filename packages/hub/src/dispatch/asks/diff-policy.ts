import {
  round,
  sentence,
  type Booking,
  type Placement,
  type Plan,
  type Policy,
  type Snapshot,
} from "@wadi/core/dispatch";
import { microYuan, type CentreId, type PoolId } from "@wadi/core/units";
import type { PolicyDiff } from "@wadi/protocol";

/**
 * What the plan of this snapshot would change to under another policy: two rounds on the same
 * snapshot, of which nothing is carried out. Pure.
 *
 * @param limit  so many of each list are told; counts and costs are of all
 */
export function diffPolicy(
  snapshot: Snapshot,
  { version, draft, limit }: { version: number; draft: Policy; limit: number },
): PolicyDiff {
  const before = planned(snapshot);
  const after = planned({ ...snapshot, policy: draft });
  const looksAt = {
    jobs: snapshot.queue.reduce((sum, { jobs }) => sum + jobs.length, 0),
    runs: snapshot.runs.length,
  };
  const change = <K extends keyof Lists>(list: K) => {
    const told = new Map(before[list].map((one) => [nameOf(one), one]));
    const then = new Map(after[list].map((one) => [nameOf(one), one]));
    const only = (some: typeof told, other: typeof told) =>
      [...some].filter(([name]) => !other.has(name)).map(([, one]) => one as Lists[K][number]);
    return {
      counts: { before: before[list].length, after: after[list].length },
      onlyBefore: only(told, then).slice(0, limit) as Lists[K],
      onlyAfter: only(then, told).slice(0, limit) as Lists[K],
    };
  };
  return {
    at: Temporal.Instant.fromEpochMilliseconds(snapshot.nowMs),
    version,
    looksAt,
    placements: change("placements"),
    bookings: change("bookings"),
    preemptions: change("preemptions"),
    held: change("held"),
    cost: { before: before.cost, after: after.cost },
  };
}

interface Lists {
  placements: PolicyDiff["placements"]["onlyBefore"];
  bookings: PolicyDiff["bookings"]["onlyBefore"];
  preemptions: PolicyDiff["preemptions"]["onlyBefore"];
  held: PolicyDiff["held"]["onlyBefore"];
}

/** A plan in the API's words. Centres keep their pace in both: it is left out. */
function planned(snapshot: Snapshot): Lists & { cost: PolicyDiff["cost"]["before"] } {
  const plan = round({
    ...snapshot,
    pools: snapshot.pools.map((pool) => ({ ...pool, leasesMax: null })),
  });
  const centres = new Map(snapshot.pools.map(({ id, centre }) => [id, centre]));
  return {
    placements: plan.placements.map((one) => startOf(one, { startMs: plan.atMs, centres })),
    bookings: plan.bookings.map((one) => startOf(one, { startMs: one.startMs, centres })),
    preemptions: plan.preemptions.map(({ job, pool, for: other, rule, loss }) => ({
      ...{ job, pool, rule, loss },
      for: other,
    })),
    held: plan.held.map(({ tenant, reason }) => ({
      tenant,
      reason: { ...reason, sentence: sentence(reason) },
    })),
    cost: costOf(plan),
  };
}

const startOf = (
  { job, tenant, pool, cost }: Placement | Booking,
  at: { startMs: number; centres: ReadonlyMap<PoolId, CentreId> },
) => ({
  ...{ job, tenant, pool },
  centre: at.centres.get(pool)!,
  startsAt: Temporal.Instant.fromEpochMilliseconds(Math.round(at.startMs)),
  cost: cost.total,
});

function costOf({ placements, bookings, preemptions }: Plan) {
  let sum = 0n;
  for (const { cost } of [...placements, ...bookings]) sum += cost.total;
  for (const { loss } of preemptions) sum += loss;
  return microYuan(sum);
}

/** Two entries are the same when they say the same: where and when, for whom, or why. */
const nameOf = (one: Lists[keyof Lists][number]): string =>
  JSON.stringify(one, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
