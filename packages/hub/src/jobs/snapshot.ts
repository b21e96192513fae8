import { cardModel, isEmulated, type Centre, type Pool } from "@wadi/core/capacity";
import type {
  ArrayNow,
  Policy,
  PoolNow,
  Reason,
  Scarcity,
  Shape,
  ShapeQueue,
  Snapshot,
} from "@wadi/core/dispatch";
import type { CentreId, JobId } from "@wadi/core/units";

import { centreStates, readRegion, type CentreState, type Region } from "../centres/index.ts";
import type { Reading } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { readPolicyNow } from "../policy/index.ts";
import { readRunsNow } from "./held-runs.ts";
import { learnRunTimes } from "./learn-run-times.ts";
import { readTenantsNow } from "./tenants-now.ts";
import { countPreempted } from "./usage-store.ts";

/** What the caller knows already: the queue, and how many more leases each centre takes. */
export interface Asked {
  readonly queue: readonly ShapeQueue[];
  readonly arrays: ReadonlyMap<JobId, ArrayNow>;
  /** Shapes besides those of the queue whose run times matter. */
  readonly shapes?: readonly Shape[];
  /** A centre that is not in it takes any number. */
  readonly leasesLeft?: ReadonlyMap<CentreId, number>;
  /** What one more card-hour would be worth, if the caller has worked it out. */
  readonly scarcity?: Scarcity | null;
}

/**
 * The region as a round or a quote sees it: pools, all runs that hold cards, tenants with what they
 * used, run times that were learnt. The queue and the arrays are the caller's.
 */
export async function readSnapshot(hub: Reading, sql: Sql, asked: Asked): Promise<Snapshot> {
  const { queue, arrays, shapes = [], leasesLeft, scarcity = null } = asked;
  const now = hub.clock.now();
  const nowMs = now.epochMilliseconds;
  const [region, { policy }] = await Promise.all([readRegion(hub), readPolicyNow(hub, sql)]);
  const [states, runs, tenants, learnt, preemptedLately] = await Promise.all([
    centreStates(hub, sql),
    readRunsNow(hub, sql),
    readTenantsNow(hub, sql, { fairness: policy.fairness, nowMs }),
    learnRunTimes(hub, sql, { shapes: [...queue.map(({ shape }) => shape), ...shapes], nowMs }),
    countPreempted(sql, now.subtract({ hours: 1 })),
  ]);
  return {
    nowMs,
    pools: poolsOf(region).map((pool) => ({
      ...pool,
      closed: whyClosed(pool.centre, states.get(pool.centre)),
      leasesMax: leasesLeft?.get(pool.centre) ?? null,
    })),
    links: region.links,
    ...{ policy, tenants, arrays, runs, queue, learnt, scarcity, preemptedLately },
  };
}

const made = new WeakMap<Region, readonly PoolNow[]>();

/** The pools of a region, every centre open; the same values for the same region. */
function poolsOf(region: Region): readonly PoolNow[] {
  const before = made.get(region);
  if (before) return before;
  const centres = new Map(region.centres.map((centre) => [centre.id, centre]));
  const pools = region.pools.flatMap((pool) => {
    const centre = centres.get(pool.centreId);
    return centre ? [poolNow(pool, centre)] : [];
  });
  made.set(region, pools);
  return pools;
}

function poolNow(pool: Pool, centre: Centre): PoolNow {
  const model = cardModel(pool.model);
  if (!model)
    throw new Error(`pool ${pool.id} has the card model ${pool.model}, not in the catalogue`);
  return {
    id: pool.id,
    centre: centre.id,
    place: centre.place,
    model,
    emulated: isEmulated(pool),
    prices: pool.prices,
    minimumSlice: pool.minimumSlice,
    wattsPerCard: pool.wattsPerCard,
    powerPricePerKwh: centre.powerPricePerKwh,
    carbonGramsPerKwh: centre.carbonGramsPerKwh,
    reclaimsPer1000Hours: pool.reclaimsPer1000Hours,
    closed: null,
    maintenance: pool.maintenance.map(({ from, to }) => ({
      fromMs: from.epochMilliseconds,
      toMs: to.epochMilliseconds,
    })),
    leasesMax: null,
    hosts: pool.hosts.map(({ id, cards, cpu, memory, domain, rack, block }) => ({
      ...{ id, cards, cpu, memory, domain, rack, block },
    })),
  };
}

function whyClosed(centre: CentreId, state: CentreState | undefined): Reason | null {
  switch (state?.state ?? "never-joined") {
    case "up":
      return null;
    case "unknown":
      return {
        code: "centre-unknown",
        facts: { centre, heardAt: state?.heardAt?.toString() ?? "never" },
      };
    case "draining":
      return { code: "centre-draining", facts: { centre } };
    case "left":
      return { code: "centre-left", facts: { centre } };
    case "never-joined":
      return { code: "centre-never-joined", facts: { centre } };
  }
}

/** The region as it is registered, all of it free and every centre open: what can ever run. */
export const emptySnapshot = (
  region: Region,
  { now, policy }: { now: Temporal.Instant; policy: Policy },
): Snapshot => ({
  nowMs: now.epochMilliseconds,
  pools: poolsOf(region),
  links: region.links,
  policy,
  tenants: new Map(),
  arrays: new Map(),
  runs: [],
  queue: [],
  learnt: new Map(),
  scarcity: null,
  preemptedLately: 0,
});
