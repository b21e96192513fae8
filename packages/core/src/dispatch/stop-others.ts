import { poolOf, type Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import { lossOf } from "./lost-work.ts";
import { chooseVictims, type Borrowed, type Victims } from "./preemption/index.ts";
import type { Preferred } from "./preference.ts";
import { reserve } from "./reserve.ts";
import type { TenantId } from "../units/index.ts";
import type { QueuedJob } from "./snapshot.ts";
import { useOf, type PoolState, type WaitingShape } from "./state.ts";

/** How many pools are searched for runs to stop, the cheapest first. */
const poolsLookedAt = 4;

/**
 * Stops runs of others for a job that found no room and is entitled to it, in the first of its
 * cheapest pools where that is possible; the job's start is booked for when they are gone.
 * @returns whether it did
 */
export function stopOthers(decision: Decision, entry: WaitingShape, job: QueuedJob): boolean {
  const { policy } = decision.state;
  const { classes, reclaim, shorter, runsPerHour } = policy.preemption;
  const mayReclaim = reclaim && policy.fairness.organisations.length > 0;
  const isEver = classes.includes(entry.shape.priority) || mayReclaim || shorter !== null;
  const left = runsPerHour - decision.state.preemptedLately - decision.preemptions.length;
  if (!isEver || left <= 0) return false;
  const { preferred } = judgedOf(decision.state, entry, decision.nowMs);
  for (const one of preferred.slice(0, poolsLookedAt)) {
    const pool = poolOf(decision, one.judged.pool.id);
    if (pool.now.closed || pool.preemptible.size === 0) continue;
    const victims = victimsIn(decision, { pool, preferred: one, entry, job, left });
    if (!victims) continue;
    for (const victim of victims) stop(decision, { pool, victim, for: job });
    const booked = reserve(decision, entry, job);
    if (booked?.pool === pool.now.id) decision.roomMade.push(booked);
    if (victims.length > 0 || booked) claim(decision, { pool, preferred: one, entry, job });
    return victims.length > 0 || booked !== undefined;
  }
  return false;
}

/** The job counts as holding what it was made room for: its tenant is not owed that any more. */
function claim(
  { state, undo }: Decision,
  { pool, preferred, entry, job }: Omit<Wanted, "left">,
): void {
  const { shape } = entry;
  const use = useOf({ shape, need: preferred.judged.need, pool: pool.now.id }, state)!;
  state.fairness.occupy(job.tenant, use);
  undo.push(() => state.fairness.release(job.tenant, use));
}

interface Wanted {
  readonly pool: PoolState;
  readonly preferred: Preferred;
  readonly entry: WaitingShape;
  readonly job: QueuedJob;
  /** Runs that may still be stopped. */
  readonly left: number;
}

function victimsIn(decision: Decision, wanted: Wanted): Victims | undefined {
  const { pool, preferred, entry, job, left } = wanted;
  const { judged } = preferred;
  const { state, nowMs, victims } = decision;
  const { shape } = entry;
  const { cards: each, share } = judged.need;
  const asked = { model: pool.now.model.id, cards: each * shape.replicas, share };
  const borrowed = new Map<TenantId, readonly Borrowed[]>();
  const between = (from: TenantId) => ({ by: job.tenant, from });
  return chooseVictims(
    {
      tenant: job.tenant,
      priority: shape.priority,
      expectedMs: judged.runTime.expected,
      gang: { replicas: shape.replicas, need: judged.need },
    },
    [...pool.preemptible.values()].map((run) =>
      victims.has(run.job) ? { ...run, stopping: true } : run,
    ),
    {
      nowMs,
      pool: pool.now,
      hosts: pool.hosts,
      policy: state.policy.preemption,
      runsLeft: left,
      borrowed: ({ tenant }) => {
        const known = borrowed.get(tenant) ?? state.fairness.borrowedBy(between(tenant), asked);
        borrowed.set(tenant, known);
        return known;
      },
      isWithinQuota: () => state.fairness.wouldBeWithinQuota(job.tenant, asked),
      promised: decision.roomMade.filter((one) => one.pool === pool.now.id),
      lossOf: (run) => lossOf(pool, run, nowMs),
    },
  );
}

function stop(
  decision: Decision,
  { pool, victim, for: job }: { pool: PoolState; victim: Victims[number]; for: QueuedJob },
): void {
  const { run, loss, rule } = victim;
  decision.victims.add(run.job);
  decision.preemptions.push({
    job: run.job,
    pool: pool.now.id,
    cards: run.need.cards * run.shape.replicas,
    loss,
    for: job.id,
    rule,
  });
  const { state } = decision;
  const use = run.stopping ? undefined : useOf(run, state);
  if (use) {
    state.fairness.release(run.tenant, use);
    decision.undo.push(() => state.fairness.occupy(run.tenant, use));
  }
  pool.timeline.remove(run.job);
  pool.timeline.add({ ...run, stopping: true });
  decision.undo.push(() => {
    pool.timeline.remove(run.job);
    pool.timeline.add(run);
  });
}
