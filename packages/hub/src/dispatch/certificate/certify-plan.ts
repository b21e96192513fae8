import {
  openRegion,
  type DispatchRegion,
  type Certificate,
  type Effort,
  type Scarcity,
  type Snapshot,
} from "@wadi/core/dispatch";
import type { MicroYuan } from "@wadi/core/units";

/** What is known of a region's plan: what it costs, and what no plan could cost less than. */
export interface Certified {
  readonly atMs: number;
  /** Of all jobs looked at, run in the order in which rounds would take them. */
  readonly cost: MicroYuan;
  /** No way of running the same jobs costs less. */
  readonly bound: MicroYuan;
  /** Jobs that both count: those that no open pool could ever start are left out. */
  readonly jobs: number;
  /** What one more card-hour is worth; null where nothing waits. */
  readonly scarcity: Scarcity | null;
  /** How much was done for it, and how long that took. */
  readonly rounds: number;
  readonly tookMs: number;
}

/** The certificates that the next ones take up where they left off. */
export interface Earlier {
  readonly bound: Certificate | undefined;
  readonly scarcity: Certificate | undefined;
}

/** So much effort for each: see core's `Effort`. */
const effort = { gap: 0.02, rounds: 60 } as const satisfies Effort;

/**
 * The plan of a snapshot beside its lower bound. Where the policy lets runs move, the worth of
 * cards
 * counts those that may; the bound does not, since the plan's cost is of waiting jobs alone.
 */
export function certifyPlan(
  snapshot: Snapshot,
  earlier: Earlier,
): { readonly certified: Omit<Certified, "tookMs">; readonly next: Earlier } {
  const { policy, nowMs } = snapshot;
  const { region, cost } = startable({ ...snapshot, scarcity: null });
  const scarcity = region.certify(nowMs, { ...effort, from: earlier.scarcity });
  let bound = scarcity;
  if (policy.preemption.moves !== null) {
    const preemption = { ...policy.preemption, moves: null };
    region.apply([{ kind: "policy", policy: { ...policy, preemption } }]);
    bound = region.certify(nowMs, { ...effort, from: earlier.bound });
  }
  const certified = {
    atMs: nowMs,
    cost,
    bound: bound.lower,
    jobs: region.queued(),
    scarcity: scarcity.scarcity,
    rounds: bound.rounds,
  };
  return { certified, next: { bound, scarcity } };
}

/** The region with the jobs that some open pool will start, and what they are expected to cost. */
function startable(snapshot: Snapshot): { region: DispatchRegion; cost: MicroYuan } {
  const region = openRegion(snapshot);
  const { cost, groups, startOf } = region.outlook(snapshot.nowMs);
  const starts = groups.reduce((sum, { startsMs }) => sum + startsMs.length, 0);
  if (starts < region.queued()) {
    const never = snapshot.queue.flatMap(({ jobs }) =>
      jobs.filter(({ id }) => startOf(id) === undefined),
    );
    region.apply(never.map(({ id }) => ({ kind: "dequeued", job: id })));
  }
  return { region, cost };
}
