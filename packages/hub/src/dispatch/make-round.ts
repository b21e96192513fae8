import { round, type ShapeQueue } from "@wadi/core/dispatch";
import { rate } from "@wadi/core/units";

import { readRegion } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import { fence, type Sql } from "../db/index.ts";
import {
  giveUpJobs,
  leaseRuns,
  readQueue,
  readSnapshot,
  saveWaits,
  type SaidWaits,
} from "../jobs/index.ts";

export interface RoundOutcome {
  readonly leased: number;
  readonly waitingShapes: number;
  /** Another round may find more to do at once. */
  readonly hasMore: boolean;
  readonly waits: SaidWaits;
}

/** What a leader remembers from round to round; a new one begins with no waits. */
export interface RoundMemory {
  readonly epoch: bigint;
  readonly waits: SaidWaits;
}

/** Jobs of one shape and tenant that a round looks at; the next one sees the rest. */
const headsPerGroup = 200;
/** The platform's share of each charge: 3 %. */
const feeRate = rate(30_000n);

/**
 * Makes one round: reads the region, decides, and leases what was decided, in one transaction
 * that only the leader of this epoch can commit.
 * @throws NotLeader when another hub leads by now; nothing is written then
 */
export function makeRound(hub: Hub, memory: RoundMemory): Promise<RoundOutcome> {
  return hub.db.transaction(async (sql) => {
    await fence(sql, memory.epoch);
    const waiting = await readQueue(sql, headsPerGroup);
    const { hasMore, arrays } = waiting;
    const queue = await withoutLate(hub, sql, waiting.queue);
    if (queue.length === 0) return { leased: 0, waitingShapes: 0, hasMore, waits: new Map() };

    const plan = round(await readSnapshot(hub, sql, { queue, arrays }));
    const region = await readRegion(hub);
    const runs = await leaseRuns(hub, sql, { placements: plan.placements, region, feeRate });
    return {
      leased: runs.length,
      waitingShapes: plan.waiting.length,
      hasMore: hasMore && runs.length > 0,
      waits: await saveWaits(sql, plan, memory.waits),
    };
  });
}

/** Ends jobs whose deadline has gone by while they waited; what is left is still worth a round. */
async function withoutLate(
  hub: Hub,
  sql: Sql,
  queue: readonly ShapeQueue[],
): Promise<readonly ShapeQueue[]> {
  const now = hub.clock.now();
  const isLate = ({ shape: { deadline } }: ShapeQueue) =>
    deadline !== null && Temporal.Instant.compare(deadline, now) <= 0;
  const late = queue.filter(isLate).flatMap(({ jobs }) => jobs.map(({ id }) => id));
  if (late.length === 0) return queue;
  await giveUpJobs(hub, sql, { jobs: late, why: "deadline-passed" });
  return queue.filter((group) => !isLate(group));
}
