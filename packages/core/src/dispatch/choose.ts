import { divide, durationOf, microYuan, type CardModelId, type MicroYuan } from "../units/index.ts";
import { backlogOf, closedNow, inRound, poolOf, type Decision } from "./decision.ts";
import type { StartNow } from "./booking/index.ts";
import type { Allows, Layout } from "./fit/index.ts";
import { judgedOf } from "./judged.ts";
import type { LaterStart } from "./later.ts";
import type { BestStart } from "./outlook/best-start.ts";
import type { Crossing } from "./policy.ts";
import { inOptions, type Preferred } from "./preference.ts";
import type { PoolState, WaitingShape } from "./state.ts";

/** Where a job starts now. */
export interface Choice {
  readonly kind: "now";
  readonly preferred: Preferred;
  readonly pool: PoolState;
  readonly layout: Layout;
  /** Its rank there, with what crossing hosts costs it. */
  readonly rank: MicroYuan;
}

export type Chosen =
  | Choice
  /** Waiting for a cheaper hour costs less than starting anywhere now. */
  | { readonly kind: "later"; readonly start: LaterStart; readonly instead: Preferred }
  /** Waiting for a cheaper pool that is full costs less than starting elsewhere now. */
  | { readonly kind: "full"; readonly start: BestStart; readonly instead: Preferred }
  | { readonly kind: "none" };

/**
 * The best pool that can start one job of the shape now. Between equals the tightest fit wins,
 * which keeps large gaps whole for large jobs; then the smallest id, so that two hubs never
 * disagree.
 *
 * @param barred  card models that a quota keeps from this job's tenant
 */
export function choose(
  decision: Decision,
  entry: WaitingShape,
  barred: ReadonlySet<CardModelId>,
): Chosen {
  const { preferred, later } = judgedOf(decision.state, entry, decision.nowMs);
  // All of `later` cost less than the cheapest pool at once would, had it room.
  const start = later.find(
    (one) => !barred.has(one.pool.model.id) && hasRoom(decision, entry, one),
  );
  if (start) return { kind: "later", start, instead: preferred[0]! };
  const now = chooseNow(decision, entry, { preferred, barred });
  if (!now) return { kind: "none" };
  const cheaper = cheaperButFull(decision, entry, { now, barred, cheapest: preferred[0]! });
  return cheaper ? { kind: "full", start: cheaper, instead: now.preferred } : now;
}

/** The pool that is full now and where the job, its waiting counted, would cost less than `now`. */
function cheaperButFull(
  decision: Decision,
  entry: WaitingShape,
  at: { now: Choice; cheapest: Preferred; barred: ReadonlySet<CardModelId> },
): BestStart | undefined {
  const withinMs = decision.state.policy.cheaperHourWithin;
  const below = Number(at.now.rank);
  const isFirst = at.now.preferred === at.cheapest;
  if (isFirst || withinMs === 0 || entry.shape.cards.choose === "first") return undefined;
  const start = backlogOf(decision).startBelow(entry, { below, barred: at.barred });
  if (!start) return undefined;
  const waitMs = start.startMs - decision.nowMs;
  return waitMs > 0 && waitMs <= withinMs ? start : undefined;
}

function chooseNow(
  decision: Decision,
  entry: WaitingShape,
  among: { preferred: readonly Preferred[]; barred: ReadonlySet<CardModelId> },
): Choice | undefined {
  const { preferred, barred } = among;
  const found = inRound(decision, entry);
  let best: (Choice & { readonly left: number }) | undefined;
  for (let i = found.from; i < preferred.length; i += 1) {
    const one = preferred[i]!;
    if (best && (inOptions(entry.shape, best.preferred, one) < 0 || one.rank > best.rank)) break;
    const { id, model } = one.judged.pool;
    if (barred.has(model.id)) continue;
    const choice = tryPool(decision, entry, { preferred: one, pool: poolOf(decision, id) });
    if (!choice) {
      if (i === found.from && !best) found.from += 1;
      continue;
    }
    const left = choice.pool.hosts.freeCards;
    const isBetter =
      !best || choice.rank < best.rank || (choice.rank === best.rank && left < best.left);
    if (isBetter) best = { ...choice, left };
  }
  return best;
}

function tryPool(
  decision: Decision,
  { shape }: WaitingShape,
  { preferred, pool }: { preferred: Preferred; pool: PoolState },
): Choice | undefined {
  const { need, latestStartMs, estimate } = preferred.judged;
  const { nowMs } = decision;
  if (closedNow(decision, pool) || (latestStartMs !== null && nowMs > latestStartMs))
    return undefined;
  const { replicas } = shape;
  // The bookings are safe whatever happens: a run is taken to last as long as it may.
  const endMs = nowMs + estimate.startsIn + shape.maxRunTime;
  const bounds = decision.guarded.has(pool.now.id)
    ? { allows: besideBookings(pool, { need, nowMs, endMs }) }
    : {};
  const layout = pool.hosts.layOut({ replicas, need }, bounds);
  if (!layout) return undefined;
  const slower = slowerBy(decision, { pool, crosses: layout.crosses });
  const crossing = divide(estimate.cost.compute * BigInt(slower), 1000n, "up");
  return { kind: "now", preferred, pool, layout, rank: microYuan(preferred.rank + crossing) };
}

/** How many replicas may start on a host and end by `endMs` without delaying a booked start. */
export const besideBookings =
  ({ hosts, timeline }: PoolState, start: StartNow): Allows =>
  (host) =>
    timeline.roomBeside(hosts.hosts[host]!.id, start);

/** Whether so many do not wait for that hour already that it could not take them all. */
function hasRoom(
  { deferred, state }: Decision,
  { shape }: WaitingShape,
  start: LaterStart,
): boolean {
  const { pool, judged, startMs } = start;
  const waiting = deferred.get(`${pool.id} ${startMs}`) ?? 0;
  const cards = shape.replicas * judged.option.count;
  return waiting + cards <= state.pools.get(pool.id)!.hosts.totalCards;
}

/** How much longer a gang runs that is laid out so, in thousandths; 0 where nobody says how far. */
export const slowerBy = (
  { state }: Decision,
  { pool, crosses }: { pool: PoolState; crosses: Crossing },
): number => (pool.hasTopology ? state.policy.layout.crossing[crosses] : 0);

/** How much longer a run takes that is laid out so, in milliseconds. */
export const slowedDown = (runTime: number, thousandths: number) =>
  durationOf(Math.ceil((runTime * (1000 + thousandths)) / 1000));
