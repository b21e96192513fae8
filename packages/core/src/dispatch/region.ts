import type { Certificate, Effort } from "./bound/index.ts";
import { certifyQueue } from "./certificate.ts";
import { decide, type DecideOptions } from "./decide.ts";
import type { Change } from "./change.ts";
import { outlookOf, type Outlook } from "./outlook/index.ts";
import type { Plan } from "./plan.ts";
import { Typical } from "./fit/index.ts";
import type { PoolNow, Snapshot } from "./snapshot.ts";
import {
  addPool,
  addRun,
  fairnessOf,
  openState,
  orderPools,
  removeRun,
  totalsOf,
  type RegionState,
} from "./state.ts";

/**
 * The region as dispatch keeps it from round to round, so that a round costs as much as what has
 * changed. It is a value with a memory: after the same changes it decides what it would decide if
 * it were opened on a snapshot that holds them.
 */
export interface DispatchRegion {
  /** In the order in which it happened. A repetition changes nothing. */
  apply(changes: readonly Change[]): void;
  /** What to do now. The region stays as it was: what is really done comes back by `apply`. */
  decide(nowMs: number, options?: DecideOptions): Plan;
  /** What no plan for the waiting jobs could cost less than, and what scarce cards are worth. */
  certify(nowMs: number, effort?: Effort): Certificate;
  /** When what waits is expected to start. */
  outlook(nowMs: number): Outlook;
  /** Jobs that wait. */
  queued(): number;
}

export function openRegion(snapshot: Snapshot): DispatchRegion {
  const state = openState(snapshot);
  return {
    apply(changes) {
      for (const change of changes) applyOne(state, change);
    },
    decide: (nowMs, options) => decide(state, nowMs, options),
    certify: (nowMs, effort) => certifyQueue(state, nowMs, effort),
    outlook: (nowMs) => outlookOf(state, nowMs),
    queued: () => state.queue.size(),
  };
}

function applyOne(state: RegionState, change: Change): void {
  switch (change.kind) {
    case "queued":
      if (!state.runs.has(change.job.id)) state.queue.add(change.shape, change.job);
      return;
    case "dequeued":
      state.queue.remove(change.job);
      return;
    case "started":
    case "run":
      state.queue.remove(change.run.job);
      removeRun(state, change.run.job);
      addRun(state, change.run);
      return;
    case "ended":
      removeRun(state, change.job);
      return;
    case "pool":
      return putPool(state, change.pool);
    case "tenant":
      state.tenants.set(change.tenant, change.now);
      state.fairness.setTenant(change.tenant, change.now);
      return;
    case "array":
      state.arrays.set(change.array, change.now);
      return;
    case "learnt":
      state.learnt.set(change.family, change.times);
      for (const entry of state.queue.entries()) {
        if (entry.shape.family === change.family) entry.judged = null;
      }
      return;
    default:
      return applyRule(state, change);
  }
}

/** What holds for the whole region: all that was worked out is worked out anew. */
function applyRule(
  state: RegionState,
  change: Extract<Change, { kind: "links" | "policy" | "scarcity" | "preempted-lately" }>,
): void {
  switch (change.kind) {
    case "links":
      state.links = change.links;
      break;
    case "scarcity":
      state.scarcity = change.scarcity;
      break;
    case "preempted-lately":
      state.preemptedLately = change.runs;
      return;
    case "policy":
      state.policy = change.policy;
      reopen(state);
      break;
  }
  state.factsVersion += 1;
}

/**
 * Hosts are laid out, and shares counted, by the policy: both begin anew with the runs there are.
 */
function reopen(state: RegionState): void {
  const runs = [...state.runs.values()];
  const pools = state.inOrder.map(({ now }) => now);
  state.fairness = fairnessOf(state.policy, state.tenants, pools);
  state.typical = new Typical();
  for (const pool of pools) addPool(state, pool);
  orderPools(state);
  for (const run of runs) addRun(state, run);
}

function putPool(state: RegionState, pool: PoolNow): void {
  const known = state.pools.get(pool.id);
  if (known && isSameButForNow(known.now, pool)) {
    known.now = pool;
    known.changes += 1;
    return;
  }
  const runs = [...(known?.runs.values() ?? [])];
  for (const run of runs) removeRun(state, run.job);
  addPool(state, pool);
  orderPools(state);
  state.fairness.setTotals(totalsOf(state.inOrder.map(({ now }) => now)));
  const lost = [...state.runs.values()].filter((run) => run.pool === pool.id);
  for (const run of [...lost, ...runs]) {
    removeRun(state, run.job);
    addRun(state, run);
  }
  state.factsVersion += 1;
}

/** Only what changes from minute to minute is another: whether it is open, and its pace. */
function isSameButForNow(before: PoolNow, after: PoolNow): boolean {
  const { closed: _c, leasesMax: _l, ...rest } = before;
  return Object.entries(rest).every(([name, value]) => after[name as keyof PoolNow] === value);
}
