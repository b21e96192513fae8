import type { JobId, TenantId } from "../units/index.ts";
import type { Link } from "../capacity/index.ts";
import type { Policy } from "./policy.ts";
import type {
  ArrayNow,
  LearntRunTime,
  PoolNow,
  QueuedJob,
  RunNow,
  Scarcity,
  Shape,
  TenantNow,
} from "./snapshot.ts";

/** Something that happened in the region since its last round. */
export type Change =
  | { readonly kind: "queued"; readonly shape: Shape; readonly job: QueuedJob }
  /** A job left the queue otherwise than by starting: cancelled, or given up. */
  | { readonly kind: "dequeued"; readonly job: JobId }
  /** A run holds cards from now on; if its job was queued, it is no more. */
  | { readonly kind: "started"; readonly run: RunNow }
  /** The same run, with other facts: it checkpointed, it is being stopped. */
  | { readonly kind: "run"; readonly run: RunNow }
  | { readonly kind: "ended"; readonly job: JobId }
  /** A pool that is new or not as it was. */
  | { readonly kind: "pool"; readonly pool: PoolNow }
  | { readonly kind: "tenant"; readonly tenant: TenantId; readonly now: TenantNow }
  | { readonly kind: "array"; readonly array: JobId; readonly now: ArrayNow }
  | { readonly kind: "learnt"; readonly family: string; readonly times: readonly LearntRunTime[] }
  | { readonly kind: "links"; readonly links: readonly Link[] }
  | { readonly kind: "policy"; readonly policy: Policy }
  | { readonly kind: "scarcity"; readonly scarcity: Scarcity | null }
  | { readonly kind: "preempted-lately"; readonly runs: number };
