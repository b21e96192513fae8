import { divide, durationOf, microYuan, type CardModelId } from "../units/index.ts";
import {
  backlogOf,
  closedNow,
  inRound,
  poolOf,
  weightsOf,
  type Choice,
  type Decision,
} from "./decision.ts";
import type { StartNow } from "./booking/index.ts";
import type { Allows } from "./fit/index.ts";
import { judgedOf } from "./judged.ts";
import { isStillFull, layOutIn } from "./laid-out.ts";
import { waitsUntil } from "./later.ts";
import type { BestStart, StartBounds } from "./outlook/best-start.ts";
import type { Crossing } from "./policy.ts";
import { plannedStart } from "./planned.ts";
import { inOptions, type Preferred } from "./preference.ts";
import type { Group } from "./queue/groups.ts";
import type { PoolState, WaitingShape } from "./state.ts";
import { hourHasRoom, type WaitsForHour } from "./wait-for-hour.ts";

export type Chosen =
  | Choice
  /** Waiting for a cheaper hour costs less than starting anywhere now. */
  | ({ readonly kind: "later" } & WaitsForHour)
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
export function choose(decision: Decision, group: Group, barred: ReadonlySet<CardModelId>): Chosen {
  const entry = group.entry as WaitingShape;
  const planned = plannedStart(decision, group, (...at) => tryPool(decision, ...at));
  const untilMs = waitsUntil(decision.state.policy, group.jobs[group.taken]!);
  if (planned) return asPlanned(decision, entry, { planned, barred, untilMs });
  const { preferred, later } = judgedOf(decision.state, entry, decision.nowMs);
  // All of `later` cost less than the cheapest pool at once would, had it room.
  const start = later.find(
    (one) =>
      one.startMs <= untilMs && !barred.has(one.pool.model.id) && hourHasRoom(decision, entry, one),
  );
  const cheapest = preferred[0]!;
  if (start) return { kind: "later", start, instead: cheapest };
  const now = chooseNow(decision, entry, { preferred, barred });
  if (!now) return { kind: "none" };
  const cheaper = cheaperButFull(decision, entry, { now, barred, untilMs, cheapest });
  return cheaper ? { kind: "full", start: cheaper, instead: now.preferred } : now;
}

/** Starts it where the plan has it, or has it wait where it could start now. */
function asPlanned(
  decision: Decision,
  entry: WaitingShape,
  at: { planned: BestStart; barred: ReadonlySet<CardModelId>; untilMs: number },
): Chosen {
  const { planned, barred, untilMs } = at;
  const { preferred } = judgedOf(decision.state, entry, decision.nowMs);
  const now = chooseNow(decision, entry, { preferred, barred });
  if (!now) return { kind: "none" };
  if (planned.startMs <= decision.nowMs) return tryPool(decision, entry, planned) ?? now;
  if (planned.startMs > untilMs) return now;
  return { kind: "full", start: planned, instead: now.preferred };
}

/** The pool that is full now and where the job, its waiting counted, would cost less than `now`. */
function cheaperButFull(
  decision: Decision,
  entry: WaitingShape,
  at: Pick<StartBounds, "untilMs"> & {
    readonly now: Choice;
    readonly cheapest: Preferred;
    readonly barred: ReadonlySet<CardModelId>;
  },
): BestStart | undefined {
  const { now, cheapest, barred, untilMs } = at;
  const mayWait = untilMs > decision.nowMs && now.preferred !== cheapest;
  if (!mayWait || entry.shape.cards.choose === "first") return undefined;
  const below = Number(now.rank);
  const start = backlogOf(decision).startBelow(entry, { below, barred, untilMs });
  return start && start.startMs > decision.nowMs ? start : undefined;
}

interface Among {
  readonly preferred: readonly Preferred[];
  readonly barred: ReadonlySet<CardModelId>;
}

/** Jobs of one shape that only wait do not change where the next of them would start. */
function chooseNow(decision: Decision, entry: WaitingShape, among: Among): Choice | undefined {
  if (among.barred.size > 0) return bestNow(decision, entry, among);
  const { placements, bookings, preemptions } = decision;
  const after = placements.length + bookings.length + preemptions.length;
  const found = inRound(decision, entry);
  if (found.now?.after === after) return found.now.choice;
  const choice = bestNow(decision, entry, among);
  found.now = choice ? { after, choice } : null;
  return choice;
}

function bestNow(decision: Decision, entry: WaitingShape, among: Among): Choice | undefined {
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
      !best ||
      choice.rank < best.rank ||
      (choice.rank === best.rank && isTighter({ ...choice, left }, best));
    if (isBetter) best = { ...choice, left };
  }
  return best;
}

/** By what is wasted, where both pools know that; else by the cards that are free. */
function isTighter(a: Choice & { left: number }, b: Choice & { left: number }): boolean {
  const [wasteA, wasteB] = [a.layout.waste, b.layout.waste];
  const areKnown = wasteA !== undefined && wasteB !== undefined;
  return areKnown ? wasteA < wasteB : a.left < b.left;
}

/** A start in this pool now; undefined where it is closed or has no room. */
export function tryPool(
  decision: Decision,
  { shape }: WaitingShape,
  { preferred, pool }: { preferred: Preferred; pool: PoolState },
): Choice | undefined {
  const { judged } = preferred;
  if (isStillFull({ pool, judged })) return undefined;
  const { need, latestStartMs, estimate } = judged;
  const { nowMs } = decision;
  if (closedNow(decision, pool) || (latestStartMs !== null && nowMs > latestStartMs))
    return undefined;
  const { replicas } = shape;
  // The bookings are safe whatever happens: a run is taken to last as long as it may.
  const endMs = nowMs + estimate.startsIn + shape.maxRunTime;
  // Gangs are laid out by free cards.
  const weights = replicas === 1 ? weightsOf(decision, pool) : undefined;
  let layout = layOutIn({ pool, judged }, { replicas, weights });
  if (layout && decision.guarded.has(pool.now.id)) {
    const allows = besideBookings(pool, { need, nowMs, endMs });
    layout = pool.hosts.layOut({ replicas, need }, { allows, ...(weights && { weights }) });
  }
  if (!layout) return undefined;
  const slower = slowerBy(decision, { pool, crosses: layout.crosses });
  if (slower === 0) return { kind: "now", preferred, pool, layout, rank: preferred.rank };
  const crossing = divide(estimate.cost.compute * BigInt(slower), 1000n, "up");
  return { kind: "now", preferred, pool, layout, rank: microYuan(preferred.rank + crossing) };
}

/** How many replicas may start on a host and end by `endMs` without delaying a booked start. */
export function besideBookings({ hosts, timeline }: PoolState, start: StartNow): Allows {
  // Of a gang the same host is asked about several times.
  const known: number[] = [];
  return (host) => (known[host] ??= timeline.roomBeside(hosts.hosts[host]!.id, start));
}

/** How much longer a gang runs that is laid out so, in thousandths; 0 where nobody says how far. */
export const slowerBy = (
  { state }: Decision,
  { pool, crosses }: { pool: PoolState; crosses: Crossing },
): number => (pool.hasTopology ? state.policy.layout.crossing[crosses] : 0);

/** How much longer a run takes that is laid out so, in milliseconds. */
export const slowedDown = (runTime: number, thousandths: number) =>
  durationOf(Math.ceil((runTime * (1000 + thousandths)) / 1000));
