import type {
  CardModelId,
  CentreId,
  Duration,
  JobId,
  MicroYuan,
  PoolId,
  TenantId,
} from "../units/index.ts";
import type { Cost } from "./cost.ts";
import type { Reason } from "./reason.ts";
import type { HostShare, Need, PoolNow, Shape } from "./snapshot.ts";
import type { Crossing } from "./policy.ts";

/** What a round decided: a value to store, to carry out and to show. */
export interface Plan {
  readonly atMs: number;
  /** In the order they were decided. */
  readonly placements: readonly Placement[];
  /** Runs to stop, so that others may start; in the order they were decided. */
  readonly preemptions: readonly Preemption[];
  /** Starts that are promised: nothing that was placed delays them. In the order of the queue. */
  readonly bookings: readonly Booking[];
  /** Shapes of which at least one job did not start, by key. */
  readonly waiting: readonly Waiting[];
  /** What is held back by a rule of its tenant or array, and not for want of room. */
  readonly held: readonly {
    readonly tenant: TenantId;
    readonly shape: Shape;
    readonly reason: Reason;
  }[];
}

export interface Waiting {
  readonly shape: Shape;
  /** What it waits for, where that is not room. */
  readonly why: Reason | null;
  /** What each pool says of it; empty where the round does not explain itself. */
  readonly candidates: readonly Candidate[];
}

export interface Placement {
  readonly job: JobId;
  readonly tenant: TenantId;
  readonly shape: Shape;
  readonly pool: PoolId;
  readonly centre: CentreId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly need: Need;
  readonly hosts: readonly HostShare[];
  readonly crosses: Crossing;
  readonly cost: Cost;
  readonly expectedRunTime: Duration;
  /** The longest this run may take: the spec's limit, or less where the budget ends before. */
  readonly limit: Duration;
  /** Shared by all jobs of the shape that were placed here alike. */
  readonly candidates: readonly Candidate[];
}

/** A run to be stopped and its job put back into the queue. */
export interface Preemption {
  readonly job: JobId;
  readonly pool: PoolId;
  readonly cards: number;
  /** Work thrown away, at the run's own price: what it did since its last checkpoint. */
  readonly loss: MicroYuan;
  /** The job it makes room for; its own where it is to be moved. */
  readonly for: JobId;
  readonly rule: "class" | "reclaim" | "shorter" | "moved";
}

/** A job that waits has its start promised in a pool, at the latest by `startMs`. */
export interface Booking {
  readonly job: JobId;
  readonly tenant: TenantId;
  readonly shape: Shape;
  readonly pool: PoolId;
  readonly need: Need;
  readonly hosts: readonly HostShare[];
  readonly startMs: number;
  readonly cost: Cost;
  readonly why: Reason;
}

/** What one pool means for a job, said to people and programs. */
export interface Candidate {
  readonly pool: PoolNow;
  /** All replicas together; 0 where the pool has none of the cards asked for. */
  readonly cards: number;
  readonly verdict: "chosen" | "possible" | "busy" | "refused";
  readonly cost: Cost | null;
  /** Null when it cannot start now. */
  readonly startsIn: Duration | null;
  readonly runTime: Duration | null;
  /** Why it was not chosen; null for the chosen one. */
  readonly reason: Reason | null;
}
