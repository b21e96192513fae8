import type { Priority } from "../../job/index.ts";
import type { MicroYuan, TenantId } from "../../units/index.ts";
import type { PoolHosts } from "../fit/index.ts";
import type { Preemption } from "../plan.ts";
import type { PreemptionPolicy } from "../policy.ts";
import type { HostShare, Need, PoolNow, RunNow } from "../snapshot.ts";

/** A job that found no room. */
export interface Wanted {
  readonly tenant: TenantId;
  readonly priority: Priority;
  /** What it is expected to take on these cards. */
  readonly expectedMs: number;
  readonly gang: { readonly replicas: number; readonly need: Need };
}

/** A run to stop, what is thrown away by that, and what entitles to it. */
export interface Victim {
  readonly run: RunNow;
  readonly loss: MicroYuan;
  readonly rule: Preemption["rule"];
}
export type Victims = readonly Victim[];

/** An organisation, and how many cards more than its own it holds of the pool's class. */
export interface Borrowed {
  readonly organisation: string;
  readonly cards: number;
}

export interface PreemptionContext {
  readonly nowMs: number;
  readonly pool: Pick<PoolNow, "id">;
  /** What is free now; runs that are being stopped still hold their room in it. */
  readonly hosts: Pick<PoolHosts, "hosts" | "indexOf" | "freeOf">;
  readonly policy: Pick<PreemptionPolicy, "classes" | "reclaim" | "shorter" | "leastRun">;
  /** How many runs may still be stopped within the hour. */
  readonly runsLeft: number;
  /**
   * The run's organisations that would have to give its cards back to the job, and what each of
   * them has borrowed; none where they need not.
   */
  borrowed(run: RunNow): readonly Borrowed[];
  /** Whether the job's organisation, with the job, would hold no more than its own. */
  isWithinQuota(): boolean;
  /** What the work since its last checkpoint cost. */
  lossOf(run: RunNow): MicroYuan;
  /** Room that is kept for others, counted as taken from now on; none where nothing is said. */
  readonly promised?: readonly { readonly need: Need; readonly hosts: readonly HostShare[] }[];
}
