import { highestPrice } from "../capacity/index.ts";
import {
  asId,
  divide,
  least,
  microYuan,
  noMoney,
  type JobId,
  type MicroYuan,
  type TenantId,
} from "../units/index.ts";
import { decide } from "./decide.ts";
import { judgedOf } from "./judged.ts";
import type { Booking, Candidate } from "./plan.ts";
import type { Preferred } from "./preference.ts";
import type { Reason } from "./reason.ts";
import type { Shape, Snapshot } from "./snapshot.ts";
import { openState, type RegionState } from "./state.ts";

export interface Quote {
  readonly atMs: number;
  /** Chosen and possible ones first, cheapest first; refused ones last. */
  readonly candidates: readonly Candidate[];
  /** The most that one run can be charged in any pool it may come to. */
  readonly most: MicroYuan;
  readonly verdict: "starts-now" | "waits" | "impossible";
  /** When it would start at the latest, where that can be promised. */
  readonly booking: Booking | null;
  /**
   * Why it would not start now: a cheaper hour, or a rule of its tenant; null: for want of room.
   */
  readonly why: Reason | null;
}

/** A job that is in nobody's queue: it only asks. */
const asking = asId<JobId>("");

/**
 * What the next round would say of a job if it were alone in the queue.
 * @param tenant  whose quotas count; null: nobody's
 */
export const quote = (shape: Shape, snapshot: Snapshot, tenant: TenantId | null = null): Quote =>
  openQuotes(snapshot)(shape, tenant);

/**
 * `quote` for several questions about one snapshot: the region is laid out once for all of them.
 * @param promised  starts that a round has booked for others: what is quoted does not delay them
 */
export function openQuotes(
  snapshot: Snapshot,
  promised: readonly Booking[] = [],
): (shape: Shape, tenant?: TenantId | null) => Quote {
  const state = openState({ ...snapshot, queue: [] });
  const { nowMs } = snapshot;
  return (shape, tenant = null) => {
    const owner = tenant ?? asId<TenantId>("");
    state.queue.add(shape, { id: asking, tenant: owner, submittedMs: nowMs, array: null });
    const quoted = ask(state, shape, { nowMs, promised });
    state.queue.remove(asking);
    return quoted;
  };
}

function ask(
  state: RegionState,
  shape: Shape,
  { nowMs, promised }: { nowMs: number; promised: readonly Booking[] },
): Quote {
  const entry = state.queue.entry(shape)!;
  const { preferred } = judgedOf(state, entry, nowMs);
  const plan = decide(state, nowMs, { explains: true, promised });
  const [placed] = plan.placements;
  const waits = plan.waiting[0] ?? null;
  const held = plan.held[0];
  const isPossible = preferred.length > 0;
  return {
    atMs: nowMs,
    candidates: placed?.candidates ?? waits?.candidates ?? [],
    most: mostOf(shape, { preferred, nowMs }),
    verdict: placed ? "starts-now" : isPossible ? "waits" : "impossible",
    booking: plan.bookings[0] ?? null,
    why: held?.reason ?? waits?.why ?? null,
  };
}

/**
 * The most a run can be charged: its longest time at the highest price of each pool from now on,
 * the dearest of them, bounded by the budget. It may start at any hour, so the schedule's peak
 * counts, not today's price.
 */
function mostOf(
  shape: Shape,
  { preferred, nowMs }: { preferred: readonly Preferred[]; nowMs: number },
): MicroYuan {
  const seconds = BigInt(Math.ceil(shape.maxRunTime / 1000));
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs);
  const each = preferred.map(({ judged: { pool, option } }) => {
    const cards = BigInt(option.count * shape.replicas);
    const perHour = highestPrice(pool.prices, now);
    return microYuan(divide(perHour * cards * seconds * BigInt(option.share), 3_600_000n, "up"));
  });
  const most = each.reduce((a, b) => (b > a ? b : a), noMoney);
  return shape.budget === null ? most : least(most, shape.budget);
}
