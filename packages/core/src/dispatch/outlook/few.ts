import { priorities } from "../../job/index.ts";
import { openDecision } from "../decision.ts";
import { waitsUntil } from "../later.ts";
import { openLanes } from "../queue/lanes.ts";
import type { Group } from "../queue/groups.ts";
import type { PoolState, RegionState, WaitingShape } from "../state.ts";
import { bestStart, holdStart, type BestStart } from "./best-start.ts";
import type { CardLine } from "./card-line.ts";
import { poolLine } from "./pool-line.ts";

/** Where and when each of the few jobs that wait is to start. */
export interface FewPlan {
  /** By group: of its jobs, oldest first. */
  readonly starts: ReadonlyMap<Group, readonly BestStart[]>;
  /** What all of it would cost in total, waiting counted from now on; micro-yuan. */
  readonly cost: number;
}

/** More are not planned together: each order of them is looked at job by job. */
const jobsMost = 32;
/** So many times a job is looked at in a pool: some milliseconds. */
const looksMost = 8000;

/**
 * A plan for few jobs that costs less than to take them one after the other: jobs of one class
 * change places as long as that saves something. Null where the policy promises an order (only
 * `shortest` promises none), where quotas or bounds of arrays decide as well, and where many wait.
 */
export function planFew(state: RegionState, nowMs: number): FewPlan | null {
  if (!isPlannable(state)) return null;
  const order = inOrder(state, nowMs);
  const looks = order.reduce((sum, { entry }) => sum + (entry.judged?.preferred.length ?? 0), 0);
  const lines = new Map(state.inOrder.map((pool) => [pool, poolLine(pool, nowMs)]));
  const at = { nowMs, lines };
  // Each as if it were alone: together they cannot cost less.
  const ideal = order.reduce((sum, one) => sum + play(state, at, [one]).cost, 0);
  let current = order;
  let best = play(state, at, order);
  let left = Math.floor(looksMost / Math.max(1, looks)) - order.length;
  const mayGain = () => left > 0 && best.cost > ideal * goodEnough;
  const tryMove = (from: number, to: number): boolean => {
    const moved = current.toSpliced(from, 1).toSpliced(to, 0, current[from]!);
    const tried = play(state, at, moved);
    left -= 1;
    if (tried.cost >= best.cost - leastSaving) return false;
    [best, current] = [tried, moved];
    return true;
  };
  while (mayGain() && improve(current, tryMove, mayGain));
  return { starts: byGroup(best.starts), cost: best.cost };
}

/** What costs so little more than if each job had the region to itself is not improved on. */
const goodEnough = 1.002;

/** Micro-yuan; less is rounding. */
const leastSaving = 1;

interface Item {
  readonly group: Group;
  readonly entry: WaitingShape;
  readonly rank: number;
  /** No longer than until then it waits for what is cheaper. */
  readonly untilMs: number;
}

/** Whether few enough wait, and nothing but what they cost decides. */
export function isPlannable({ policy, queue }: RegionState): boolean {
  const { order, waitForCheaper, fairness } = policy;
  if (order !== "shortest" || waitForCheaper === 0) return false;
  if (fairness.organisations.length > 0) return false;
  if (queue.size() < 2 || queue.size() > jobsMost) return false;
  for (const { shape, groups } of queue.entries()) {
    if (shape.cards.choose === "first") return false;
    for (const { array } of groups.values()) if (array !== null) return false;
  }
  return true;
}

/** Each job as its group, in the order in which a round looks at them. */
function inOrder(state: RegionState, nowMs: number): Item[] {
  const decision = openDecision(state, nowMs, { explains: false });
  const lanes = openLanes(decision);
  const order: Item[] = [];
  const taken = new Set<Group>();
  for (let rank = 0; rank < priorities.length; rank += 1) {
    const line = lanes.ofClass(rank);
    for (let group = line.next(); group; group = line.next()) {
      const untilMs = waitsUntil(state.policy, group.jobs[group.taken]!);
      order.push({ group, entry: group.entry as WaitingShape, rank, untilMs });
      taken.add(group);
      group.taken += 1;
      if (group.taken < group.jobs.length) line.settle(group);
      else line.leave(group);
    }
  }
  for (const group of taken) group.taken = 0;
  return order;
}

/** Moves one job to another place of its class, where that saves something: the first that does. */
function improve(
  order: readonly Item[],
  tryMove: (from: number, to: number) => boolean,
  mayTry: () => boolean,
): boolean {
  for (let from = 0; from < order.length; from += 1) {
    for (let to = 0; to < order.length; to += 1) {
      if (from === to || order[from]!.rank !== order[to]!.rank) continue;
      if (!mayTry()) return false;
      if (tryMove(from, to)) return true;
    }
  }
  return false;
}

interface Played {
  readonly starts: readonly { readonly group: Group; readonly start: BestStart }[];
  readonly cost: number;
}

/** One job after the other, each where it costs least then. */
function play(
  state: RegionState,
  at: { readonly nowMs: number; readonly lines: ReadonlyMap<PoolState, CardLine> },
  order: readonly Item[],
): Played {
  const own = new Map<PoolState, CardLine>();
  const lineOf = (pool: PoolState) => own.get(pool) ?? at.lines.get(pool)!;
  const starts: { group: Group; start: BestStart }[] = [];
  let cost = 0;
  for (const { group, entry, untilMs } of order) {
    const start = bestStart({ state, nowMs: at.nowMs, lineOf }, entry, { untilMs });
    if (!start) continue;
    const { pool } = start;
    if (!own.has(pool)) own.set(pool, lineOf(pool).copy());
    holdStart(start, lineOf);
    starts.push({ group, start });
    cost += start.worth;
  }
  return { starts, cost };
}

/** Jobs of one group are alike: the oldest gets the earliest start. */
function byGroup(starts: Played["starts"]): Map<Group, BestStart[]> {
  const found = new Map<Group, BestStart[]>();
  for (const { group, start } of starts) {
    const known = found.get(group);
    if (known) known.push(start);
    else found.set(group, [start]);
  }
  for (const all of found.values()) all.sort((a, b) => a.startMs - b.startMs);
  return found;
}
