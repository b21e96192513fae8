import type { Plan, ShapeQueue, Snapshot } from "@wadi/core/dispatch";
import { rate, type CentreId, type JobId } from "@wadi/core/units";

import { readRegion } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import { fence, type Sql } from "../db/index.ts";
import {
  afterRefusals,
  giveUpJobs,
  keepQueue,
  leaseRuns,
  lockJobs,
  nothingSaid,
  preemptRuns,
  readSnapshot,
  readUnacknowledged,
  saveWaits,
  sayStarts,
  type QueueKeeper,
  type SaidStarts,
  type SaidWaits,
} from "../jobs/index.ts";
import { readPolicyNow } from "../policy/index.ts";
import type { CertificateKeeper } from "./certificate/index.ts";
import { keepOutlook, type OutlookKeeper } from "./outlook-keeper.ts";
import { keepPace, type PaceKeeper } from "./pace-keeper.ts";
import { rememberRegion, type RememberedRegion } from "./remembered-region.ts";

export interface RoundOutcome {
  readonly leased: number;
  readonly preempted: number;
  readonly booked: number;
  readonly waitingShapes: number;
  /** Another round may find more to do at once. */
  readonly hasMore: boolean;
  /** Some centre takes no more leases until it has acknowledged those it has. */
  readonly isPaced: boolean;
  readonly memory: RoundMemory;
  readonly plan: Plan;
}

/** What a leader remembers from round to round; a new one begins with nothing. */
export interface RoundMemory {
  readonly epoch: bigint;
  readonly queue: QueueKeeper;
  readonly waits: SaidWaits;
  readonly starts: SaidStarts;
  readonly outlook: OutlookKeeper;
  readonly region: RememberedRegion;
  readonly pace: PaceKeeper;
  readonly certificates: CertificateKeeper;
}

/** What takes too long for a round is worked out beside it. */
export interface RoundHelp {
  readonly certificates: CertificateKeeper;
  readonly lookFar: Parameters<typeof keepOutlook>[0];
}

export const newMemory = (epoch: bigint, { certificates, lookFar }: RoundHelp): RoundMemory => ({
  ...{ epoch, certificates },
  queue: keepQueue(),
  waits: new Map(),
  starts: nothingSaid(),
  outlook: keepOutlook(lookFar),
  region: rememberRegion(),
  pace: keepPace(),
});

/** The platform's share of each charge: 3 %. */
const feeRate = rate(30_000n);

/**
 * Makes one round: reads the region, decides, and carries the plan out, in one transaction that
 * only the leader of this epoch can commit: it leases what is placed, asks runs to end that make
 * room, and keeps what was said to those who wait.
 * @throws NotLeader when another hub leads by now; nothing is written then
 */
export async function makeRound(hub: Hub, memory: RoundMemory): Promise<RoundOutcome> {
  const { leased, seen, keep, ...outcome } = await hub.db.transaction(async (sql) => {
    await fence(sql, memory.epoch);
    const waiting = await memory.queue.look(hub, sql);
    const { hasMore, arrays } = waiting;
    const queue = await withoutLate(hub, sql, waiting.queue);
    const leasesLeft = await lookAtPace(hub, sql, memory.pace);
    const scarcity = await memory.certificates.scarcity(sql, {
      epoch: memory.epoch,
      nowMs: hub.clock.now().epochMilliseconds,
    });
    const snapshot = await readSnapshot(hub, sql, { queue, arrays, leasesLeft, scarcity });
    const plan = memory.region.decide(snapshot);
    const done = await carryOut(hub, sql, { plan, snapshot, memory });
    const isFull = ([centre, left]: [CentreId, number]) => left <= (done.leased.get(centre) ?? 0);
    const isPaced = plan.waiting.length > 0 && [...leasesLeft].some(isFull);
    return { ...done, plan, seen: snapshot, hasMore, isPaced, keep: waiting.keep };
  });
  keep();
  memory.pace.note(leased);
  memory.certificates.look(memory.epoch, { plan: outcome.plan, snapshot: seen });
  const count = [...leased.values()].reduce((sum, runs) => sum + runs, 0);
  return { ...outcome, leased: count, hasMore: outcome.hasMore && count > 0 };
}

async function carryOut(
  hub: Hub,
  sql: Sql,
  { plan, snapshot, memory }: { plan: Plan; snapshot: Snapshot; memory: RoundMemory },
) {
  const region = await readRegion(hub);
  const refused = refusedEverywhere(plan, snapshot.queue);
  await lockAll(sql, plan, refused);
  const runs = await leaseRuns(hub, sql, { placements: plan.placements, region, feeRate });
  const preempted = await preemptRuns(hub, sql, plan.preemptions);
  await afterRefusals(hub, sql, refused);
  const outlook = memory.outlook.look(plan, snapshot, memory);
  const leased = new Map<CentreId, number>();
  for (const { centre } of runs) leased.set(centre, (leased.get(centre) ?? 0) + 1);
  return {
    leased,
    preempted,
    booked: plan.bookings.length,
    waitingShapes: plan.waiting.length,
    memory: {
      ...memory,
      waits: await saveWaits(sql, plan, memory.waits),
      starts: await sayStarts(sql, { plan, outlook }, memory.starts),
    },
  };
}

/**
 * Jobs are locked in the order of their ids, so that nobody waits in a ring. Placing alone locks in
 * one go; where more is to be done, all of it is locked before.
 */
async function lockAll(sql: Sql, plan: Plan, refused: readonly JobId[]): Promise<void> {
  const others = [...plan.preemptions.map(({ job }) => job), ...refused];
  if (others.length === 0) return;
  await lockJobs(sql, [...others, ...plan.placements.map(({ job }) => job)]);
}

/** How many more leases each centre takes, as it has shown so far. */
async function lookAtPace(hub: Hub, sql: Sql, pace: PaceKeeper): Promise<Map<CentreId, number>> {
  const [{ policy }, { centres }, unacknowledged] = await Promise.all([
    readPolicyNow(hub, sql),
    readRegion(hub),
    readUnacknowledged(sql),
  ]);
  return pace.look(unacknowledged, {
    centres: centres.map(({ id }) => id),
    policy: policy.pace,
    nowMs: hub.clock.now().epochMilliseconds,
  });
}

/** Jobs of shapes that had pools, until all of those refused a run of them. */
function refusedEverywhere({ waiting }: Plan, queue: readonly ShapeQueue[]): JobId[] {
  const lost = new Set(
    waiting
      .filter(
        ({ shape, candidates }) =>
          shape.ruledOut.length > 0 && candidates.every(({ verdict }) => verdict === "refused"),
      )
      .map(({ shape }) => shape.key),
  );
  if (lost.size === 0) return [];
  return queue
    .filter(({ shape }) => lost.has(shape.key))
    .flatMap(({ jobs }) => jobs.map(({ id }) => id));
}

/** Ends jobs whose deadline has gone by while they waited; what is left is still worth a round. */
async function withoutLate(
  hub: Hub,
  sql: Sql,
  queue: readonly ShapeQueue[],
): Promise<readonly ShapeQueue[]> {
  const nowMs = hub.clock.now().epochMilliseconds;
  const isLate = ({ shape: { deadlineMs } }: ShapeQueue) =>
    deadlineMs !== null && deadlineMs <= nowMs;
  const late = queue.filter(isLate).flatMap(({ jobs }) => jobs.map(({ id }) => id));
  if (late.length === 0) return queue;
  await giveUpJobs(hub, sql, { jobs: late, why: "deadline-passed" });
  return queue.filter((group) => !isLate(group));
}
