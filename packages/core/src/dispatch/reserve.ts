import { durationOf, formatDuration, formatYuan } from "../units/index.ts";
import type { Reason } from "./reason.ts";
import { poolOf, type Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import { startAt, type LaterStart } from "./later.ts";
import type { Booking } from "./plan.ts";
import type { HostShare, QueuedJob } from "./snapshot.ts";
import type { PoolState, WaitingShape } from "./state.ts";

/** How many pools are looked at for a booked start, the cheapest first. */
const poolsLookedAt = 8;

interface Found extends LaterStart {
  readonly hosts: readonly HostShare[];
  readonly in: PoolState;
}

/**
 * Promises the job a start in the pool where it costs least in total, its waiting counted: from
 * then on in this round nothing is started that would delay it.
 * @returns undefined when no pool can have it within the policy's bound
 */
export function reserve(
  decision: Decision,
  entry: WaitingShape,
  job: QueuedJob,
): Booking | undefined {
  const found = bestStart(decision, entry);
  if (!found) return undefined;
  const { nowMs, undo, guarded, bookings } = decision;
  const { judged, startMs, cost, hosts } = found;
  const { shape } = entry;
  const { need, estimate } = judged;
  found.in.timeline.book({
    ...{ job: job.id, need, hosts, startMs },
    endMs: startMs + estimate.startsIn + shape.maxRunTime,
  });
  undo.push(() => found.in.timeline.clear());
  guarded.add(found.pool.id);
  const of = { job: job.id, tenant: job.tenant, shape, pool: found.pool.id };
  const why = decision.explains ? whyThen(found, nowMs) : booked;
  const booking = { ...of, need, hosts, startMs, cost, why };
  bookings.push(booking);
  return booking;
}

/** Keeps the room of a start that was promised before, as if this round had booked it. */
export function keepPromise({ state, guarded, undo }: Decision, booking: Booking): void {
  const pool = state.pools.get(booking.pool);
  if (!pool) return;
  const endMs = booking.startMs + booking.shape.maxRunTime;
  pool.timeline.book({ ...booking, endMs });
  undo.push(() => pool.timeline.clear());
  guarded.add(booking.pool);
}

function bestStart(decision: Decision, entry: WaitingShape): Found | undefined {
  const { state, nowMs } = decision;
  const { shape } = entry;
  const { preferred } = judgedOf(state, entry, nowMs);
  const { policy, scarcity } = state;
  const facts = { ...state, policy, scarcity, startMs: nowMs, pools: [], fitsEmpty: () => 0 };
  let best: Found | undefined;
  for (const { judged, rank } of preferred.slice(0, poolsLookedAt)) {
    if (best && rank >= best.rank) break; // waiting only adds to it
    const pool = poolOf(decision, judged.pool.id);
    if (pool.now.closed) continue;
    const gang = { replicas: shape.replicas, need: judged.need };
    const lengthMs = judged.estimate.startsIn + shape.maxRunTime;
    const withinMs = policy.booking.within;
    const free = pool.timeline.earliest(gang, { nowMs, lengthMs, withinMs });
    if (!free || (judged.latestStartMs !== null && free.startMs > judged.latestStartMs)) continue;
    const start = startAt(shape, { judged, startMs: free.startMs }, facts);
    if (start && (!best || start.rank < best.rank))
      best = { ...start, hosts: free.hosts, in: pool };
  }
  return best;
}

/** Where the round does not explain itself. */
const booked: Reason = { code: "booked", facts: {} };

function whyThen({ pool, startMs, cost }: Found, nowMs: number): Reason {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.ceil(startMs)).toString();
  const waits = formatDuration(durationOf(Math.round(startMs - nowMs)));
  const facts = { at, pool: pool.id, waits, cost: formatYuan(cost.total) };
  return { code: "booked", facts };
}
