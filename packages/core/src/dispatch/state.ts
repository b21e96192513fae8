import type { Links, CardModel } from "../capacity/index.ts";
import { mebibytes, milliCores } from "../units/index.ts";
import type { CardModelId, JobId, PoolId, TenantId } from "../units/index.ts";
import { openTimeline, type PoolTimeline } from "./booking/index.ts";
import { openFairness, type Fairness, type Use } from "./fairness/index.ts";
import { openHosts, Typical, type PoolHosts } from "./fit/index.ts";
import type { Policy } from "./policy.ts";
import { openGroups, type Group, type Groups, type ShapeEntry } from "./queue/groups.ts";
import type { LaterStart } from "./later.ts";
import type { Preferred } from "./preference.ts";
import type { Judgement } from "./refuse.ts";
import type {
  ArrayNow,
  LearntRunTime,
  PoolNow,
  RunNow,
  Scarcity,
  Shape,
  Snapshot,
  TenantNow,
} from "./snapshot.ts";

/**
 * The region as it is kept from round to round. Everything in it follows from the snapshot alone.
 */
export interface RegionState {
  policy: Policy;
  links: Links;
  scarcity: Scarcity | null;
  preemptedLately: number;
  readonly learnt: Map<string, readonly LearntRunTime[]>;
  readonly models: Map<CardModelId, CardModel>;
  readonly pools: Map<PoolId, PoolState>;
  /** The pools in the order of their ids. */
  inOrder: readonly PoolState[];
  readonly runs: Map<JobId, RunNow>;
  readonly tenants: Map<TenantId, TenantNow>;
  readonly arrays: Map<JobId, ArrayNow>;
  fairness: Fairness;
  readonly queue: Groups<WaitingShape>;
  /** What was worked out for shapes of runs, by key; forgotten when one of them ends. */
  readonly running: Map<string, WaitingShape>;
  /** What runs ask for: what is to come is taken to be alike. */
  typical: Typical;
  /** Grows whenever something changed that costs or refusals follow from. */
  factsVersion: number;
}

export interface PoolState {
  now: PoolNow;
  readonly hosts: PoolHosts;
  readonly timeline: PoolTimeline;
  readonly runs: Map<JobId, RunNow>;
  /** Somebody has said how its hosts stand to one another; else no crossing is counted. */
  readonly hasTopology: boolean;
  /** Grows whenever a run comes or goes. */
  changes: number;
  /** Grows whenever a run goes: only then does room come back for good. */
  gains: number;
  /** When its cards are expected to become free, and for how long that is known. */
  ends: CardEnds | null;
  /** Those of its runs that may be stopped for others. */
  readonly preemptible: Map<JobId, RunNow>;
}

export interface CardEnds {
  /** Of each card, rising. */
  readonly ends: Float64Array;
  /** As of so many changes of the pool. */
  readonly changes: number;
  /** The same from one time up to but not at another. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A shape somebody waits with, and what was worked out for it. */
export interface WaitingShape extends ShapeEntry {
  readonly groups: Map<string, Group>;
  judged: Judged | null;
}

/** All that is worked out once for a shape, and holds for all its jobs until the facts change. */
export interface Judged {
  readonly judgements: readonly Judgement[];
  readonly preferred: readonly Preferred[];
  /** Later starts that would cost less than the best at once, cheapest first. */
  readonly later: readonly LaterStart[];
  readonly factsVersion: number;
  readonly startMs: number;
}

export function openState(snapshot: Snapshot): RegionState {
  const state: RegionState = {
    policy: snapshot.policy,
    links: snapshot.links,
    scarcity: snapshot.scarcity,
    preemptedLately: snapshot.preemptedLately,
    learnt: new Map(snapshot.learnt),
    models: new Map(),
    pools: new Map(),
    inOrder: [],
    runs: new Map(),
    tenants: new Map(snapshot.tenants),
    arrays: new Map(snapshot.arrays),
    fairness: fairnessOf(snapshot.policy, snapshot.tenants, snapshot.pools),
    queue: openGroups((shape: Shape) => ({
      shape,
      groups: new Map<string, Group>(),
      judged: null,
    })),
    running: new Map(),
    typical: new Typical(),
    factsVersion: 0,
  };
  for (const pool of snapshot.pools) addPool(state, pool);
  orderPools(state);
  for (const run of snapshot.runs) addRun(state, run);
  for (const { shape, jobs } of snapshot.queue) state.queue.addAll(shape, jobs);
  return state;
}

export function addPool(state: RegionState, pool: PoolNow): PoolState {
  const made: PoolState = {
    now: pool,
    hosts: openHosts(pool, state.policy.layout),
    timeline: openTimeline(pool),
    runs: new Map<JobId, RunNow>(),
    hasTopology: pool.hosts.some(({ domain, rack, block }) => (domain ?? rack ?? block) !== null),
    preemptible: new Map<JobId, RunNow>(),
    changes: 0,
    gains: 0,
    ends: null,
  };
  state.pools.set(pool.id, made);
  state.models.set(pool.model.id, pool.model);
  return made;
}

export function orderPools(state: RegionState): void {
  state.inOrder = [...state.pools.values()].toSorted((a, b) => (a.now.id < b.now.id ? -1 : 1));
}

/** A run takes its room. Its pool may be gone: then it holds nothing that is known here. */
export function addRun(state: RegionState, run: RunNow): void {
  state.runs.set(run.job, run);
  state.typical.add(run.shape);
  const use = useOf(run, state);
  // What is being stopped is given back: nobody is asked twice for the same cards.
  if (use && !run.stopping) state.fairness.occupy(run.tenant, use);
  const pool = state.pools.get(run.pool);
  if (!pool) return;
  pool.hosts.occupy({ need: run.need, hosts: run.hosts });
  pool.timeline.add(run);
  pool.runs.set(run.job, run);
  pool.changes += 1;
  if (run.shape.preemptible) pool.preemptible.set(run.job, run);
}

export function removeRun(state: RegionState, job: JobId): void {
  const run = state.runs.get(job);
  if (!run) return;
  state.runs.delete(job);
  state.typical.remove(run.shape);
  const use = useOf(run, state);
  if (use && !run.stopping) state.fairness.release(run.tenant, use);
  const pool = state.pools.get(run.pool);
  if (!pool?.runs.delete(job)) return;
  pool.preemptible.delete(job);
  pool.changes += 1;
  pool.gains += 1;
  state.running.delete(run.shape.key);
  pool.hosts.give({ need: run.need, hosts: run.hosts });
  pool.timeline.remove(job);
}

export function fairnessOf(
  policy: Policy,
  tenants: ReadonlyMap<TenantId, TenantNow>,
  pools: Iterable<PoolNow>,
): Fairness {
  return openFairness({ policy: policy.fairness, tenants, totals: totalsOf(pools) });
}

export function totalsOf(pools: Iterable<PoolNow>) {
  const cards = new Map<CardModelId, number>();
  let cpu = 0;
  let memory = 0;
  for (const { model, hosts } of pools) {
    let sum = cards.get(model.id) ?? 0;
    for (const host of hosts) {
      sum += host.cards;
      cpu += host.cpu;
      memory += host.memory;
    }
    cards.set(model.id, sum);
  }
  return { cards, cpu: milliCores(cpu), memory: mebibytes(memory) };
}

/** What a run holds, as shares are counted; undefined where its pool is gone. */
export function useOf(
  { shape, need, pool }: Pick<RunNow, "shape" | "need" | "pool">,
  { pools }: RegionState,
): Use | undefined {
  const model = pools.get(pool)?.now.model.id;
  if (model === undefined) return undefined;
  const { replicas } = shape;
  return {
    model,
    cards: need.cards * replicas,
    share: need.share,
    cpu: milliCores(need.cpu * replicas),
    memory: mebibytes(need.memory * replicas),
  };
}

/** What is worked out for the shape of a run, whether or not others wait with it. */
export function runningShape(state: RegionState, { shape }: RunNow): WaitingShape {
  const known = state.queue.entry(shape) ?? state.running.get(shape.key);
  if (known) return known;
  const made = { shape, groups: new Map<never, never>(), judged: null };
  state.running.set(shape.key, made);
  return made;
}
