import { formatYuan, type PoolId } from "../units/index.ts";
import { inRound, type Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import { waitsUntil, type LaterStart } from "./later.ts";
import { isPlannable } from "./outlook/few.ts";
import type { Preferred } from "./preference.ts";
import type { Reason } from "./reason.ts";
import type { RegionState, WaitingShape } from "./state.ts";

/** A start at a cheaper hour, and where the job would start instead. */
export interface WaitsForHour {
  readonly start: LaterStart;
  readonly instead: Preferred;
}

/** The shape's jobs stay for the hour; others are told the same until that hour is full. */
export function waitForHour(
  decision: Decision,
  { entry, chosen }: { entry: WaitingShape; chosen: WaitsForHour },
): void {
  const { pool, startMs } = chosen.start;
  addTo(decision.deferred, { pool: pool.id, startMs }, cardsFor(entry, chosen.start));
  inRound(decision, entry).parked = decision.explains ? whyLater(chosen) : cheaperLater;
}

/** Whether so many do not wait for that hour already that it could not take one job more. */
export function hourHasRoom(
  { deferred, state }: Decision,
  { shape }: WaitingShape,
  start: LaterStart,
): boolean {
  const waiting = deferred.get(start.pool.id)?.get(start.startMs) ?? 0;
  const cards = shape.replicas * start.judged.option.count;
  return waiting + cards <= cardsIn(state, start);
}

/**
 * The shapes all of whose jobs wait for a cheaper hour whoever is looked at first, since that hour
 * has room for everyone who could want it: they are told so at once and need not stand in line.
 */
export function deferAtOnce(decision: Decision): ReadonlySet<WaitingShape> {
  const { state, nowMs } = decision;
  const sure = new Map<WaitingShape, WaitsForHour>();
  if (isPlannable(state)) return new Set();
  const wanted: Hours = new Map();
  for (const entry of state.queue.entries()) {
    const { preferred, later } = judgedOf(state, entry, nowMs);
    const [start] = later;
    if (!start) continue;
    const isSure = isSureOf(state, entry, start);
    if (isSure) sure.set(entry, { start, instead: preferred[0]! });
    // Whoever is not sure of the first might take any of them.
    for (const one of isSure ? [start] : later) addTo(wanted, hourOf(one), cardsFor(entry, one));
  }
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const [entry, { start }] of sure) {
      if (wanted.get(start.pool.id)!.get(start.startMs)! <= cardsIn(state, start)) continue;
      hasChanged = sure.delete(entry);
      const [, ...others] = judgedOf(state, entry, nowMs).later;
      for (const one of others) addTo(wanted, hourOf(one), cardsFor(entry, one));
    }
  }
  for (const [entry, chosen] of sure) waitForHour(decision, { entry, chosen });
  return new Set(sure.keys());
}

/** Cards, by pool and hour. */
type Hours = Map<PoolId, Map<number, number>>;

function addTo(
  hours: Hours,
  { pool, startMs }: { pool: PoolId; startMs: number },
  cards: number,
): void {
  let byHour = hours.get(pool);
  if (!byHour) hours.set(pool, (byHour = new Map<number, number>()));
  byHour.set(startMs, (byHour.get(startMs) ?? 0) + cards);
}

const hourOf = ({ pool, startMs }: LaterStart) => ({ pool: pool.id, startMs });

const cardsIn = ({ pools }: RegionState, { pool }: LaterStart): number =>
  pools.get(pool.id)!.hosts.totalCards;

/** What all jobs of the shape that this round has not dealt with take together. */
function cardsFor({ groups, shape }: WaitingShape, { judged }: LaterStart): number {
  let jobs = 0;
  for (const group of groups.values()) jobs += group.jobs.length - group.taken;
  return shape.replicas * judged.option.count * jobs;
}

/** Neither a quota, nor an array's bound, nor the end of its patience keeps any job from it. */
function isSureOf(
  { policy, tenants }: RegionState,
  { groups }: WaitingShape,
  { startMs }: LaterStart,
): boolean {
  if (policy.fairness.organisations.length > 0) return false;
  for (const { array, jobs, tenant } of groups.values()) {
    const cardQuota = tenants.get(tenant)?.cardQuota ?? null;
    if (array !== null || cardQuota !== null) return false;
    if (startMs > waitsUntil(policy, jobs[0]!)) return false;
  }
  return true;
}

/** Where the round does not explain itself. */
const cheaperLater: Reason = { code: "cheaper-later", facts: {} };

function whyLater({ start, instead }: WaitsForHour): Reason {
  const at = Temporal.Instant.fromEpochMilliseconds(start.startMs).toString();
  const { pool, estimate } = instead.judged;
  const costs = { cost: formatYuan(start.cost.total), now: formatYuan(estimate.cost.total) };
  return {
    code: "cheaper-later",
    facts: { at, pool: start.pool.id, ...costs, instead: pool.id },
  };
}
