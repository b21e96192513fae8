import type { CentreId, JobId, MicroYuan, PoolId } from "../units/index.ts";
import { openBacklog, type Backlog } from "./backlog.ts";
import { weighRoom, type Layout, type PoolWeights } from "./fit/index.ts";
import type { Booking, Placement, Plan, Preemption } from "./plan.ts";
import type { Preferred } from "./preference.ts";
import type { Reason } from "./reason.ts";
import type { QueuedJob } from "./snapshot.ts";
import type { PoolState, RegionState, WaitingShape } from "./state.ts";

/** A round while it is being decided: what it has done so far, and how to take that back. */
export interface Decision {
  readonly state: RegionState;
  readonly nowMs: number;
  readonly explains: boolean;
  readonly placements: Placement[];
  /** Of each placement: what was placed, and where. */
  readonly placed: Placed[];
  readonly preemptions: Preemption[];
  readonly bookings: Booking[];
  readonly held: Plan["held"][number][];
  readonly shapes: Map<WaitingShape, ShapeInRound>;
  /** Leases that a centre still takes. */
  readonly leasesLeft: Map<CentreId, number>;
  /** Jobs of bounded arrays that this round starts. */
  readonly startedOf: Map<JobId, number>;
  /**
   * Pools in which starts are booked or that close for a while: not everything that fits may start.
   */
  readonly guarded: Set<PoolId>;
  /** Cards that were told to wait for a pool's cheaper hour, by pool and hour. */
  readonly deferred: Map<PoolId, Map<number, number>>;
  /** What is ahead of whoever is looked at next. */
  backlog: Backlog | null;
  /** How room is valued, as of so many placements. */
  weighed: { readonly after: number; readonly of: (pool: PoolState) => PoolWeights } | null;
  /** Jobs that this round may still tell to wait for a cheaper pool that is full. */
  patience: number;
  /** Runs that this round stops. */
  readonly victims: Set<JobId>;
  /** Where room was made for jobs: nobody else makes the same room his. */
  readonly roomMade: Booking[];
  /** Takes back what was done, last first. */
  readonly undo: (() => void)[];
}

/** Where a job starts now. */
export interface Choice {
  readonly kind: "now";
  readonly preferred: Preferred;
  readonly pool: PoolState;
  readonly layout: Layout;
  /** Its rank there, with what crossing hosts costs it. */
  readonly rank: MicroYuan;
}

/** A job, and where it starts. */
export interface Placed {
  readonly entry: WaitingShape;
  readonly job: QueuedJob;
  readonly choice: Choice;
}

/** Each costs a look at all its pools; beyond them a shape is passed over. */
const patienceMost = 2000;

/** What a round has found of one shape; room only shrinks in a round, so what it lacks stays so. */
export interface ShapeInRound {
  /** Pools before this place of `preferred` have no room for it. */
  from: number;
  /** Why no more of it starts in this round; null while some may. */
  parked: Reason | "no-room" | null;
  triedToStop: boolean;
  /** Where one of it would start, as long as the round has done no more than this. */
  now: { readonly after: number; readonly choice: Choice } | null;
  /** Some of it wait for a cheaper pool that is full. */
  waitsFor: Reason | null;
  /** By chosen pool: the candidates as they stood when the first such job was placed. */
  told: Map<PoolId, Placement["candidates"]> | null;
}

export function openDecision(
  state: RegionState,
  nowMs: number,
  { explains }: { explains: boolean },
): Decision {
  const leasesLeft = new Map<CentreId, number>();
  const guarded = new Set<PoolId>();
  for (const { now } of state.inOrder) {
    if (now.leasesMax !== null) leasesLeft.set(now.centre, now.leasesMax);
    if (now.maintenance.some(({ toMs }) => toMs > nowMs)) guarded.add(now.id);
  }
  return {
    ...{ state, nowMs, explains, leasesLeft, guarded },
    placements: [],
    placed: [],
    preemptions: [],
    bookings: [],
    held: [],
    shapes: new Map(),
    startedOf: new Map(),
    deferred: new Map(),
    backlog: null,
    weighed: null,
    patience: patienceMost,
    victims: new Set(),
    roomMade: [],
    undo: [],
  };
}

/** Opened with the round, so that it knows all that happened in it. */
export const backlogOf = (decision: Decision): Backlog =>
  (decision.backlog ??= openBacklog(decision.state, decision.nowMs));

/** The room there is changes as jobs are placed: it is valued anew after so many. */
const weighedEvery = 256;

/** How room is valued in this pool; undefined where the fewest free cards decide. */
export function weightsOf(decision: Decision, pool: PoolState): PoolWeights | undefined {
  if (pool.hosts.byWaste === undefined) return undefined;
  const { state, placements } = decision;
  const after = placements.length - (placements.length % weighedEvery);
  if (decision.weighed?.after !== after) {
    decision.weighed = { after, of: weighPools(state) };
  }
  return decision.weighed.of(pool);
}

function weighPools({ inOrder, typical }: RegionState): (pool: PoolState) => PoolWeights {
  const roomOf = ({ now, hosts }: PoolState) => ({
    model: now.model.id,
    minimumSlice: now.minimumSlice,
    freeCards: hosts.freeCards,
    states: hosts.byWaste,
  });
  const of = weighRoom(inOrder.map(roomOf), typical.mix());
  return (pool) => of(roomOf(pool));
}

export function inRound({ shapes }: Decision, entry: WaitingShape): ShapeInRound {
  const known = shapes.get(entry);
  if (known) return known;
  const made = {
    ...{ from: 0, parked: null, triedToStop: false },
    ...{ now: null, waitsFor: null, told: null },
  };
  shapes.set(entry, made);
  return made;
}

export const poolOf = ({ state }: Decision, id: PoolId): PoolState => state.pools.get(id)!;

/** Why a pool takes nothing more in this round, whatever is free in it. */
export function closedNow({ leasesLeft }: Decision, { now }: PoolState): Reason | null {
  if (now.closed) return now.closed;
  if ((leasesLeft.get(now.centre) ?? 1) > 0) return null;
  return { code: "centre-slow", facts: { centre: now.centre } };
}
