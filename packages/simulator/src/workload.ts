import type { Shape } from "@wadi/core/dispatch";
import type { CardModelId, JobId, TenantId } from "@wadi/core/units";

/** What is played: jobs by time of submission, then by id. */
export interface Workload {
  readonly name: string;
  readonly jobs: readonly SimJob[];
  /** Jobs of the source that can be no job here, each with why; never dropped in silence. */
  readonly impossible: readonly { readonly id: string; readonly why: string }[];
}

export interface SimJob {
  readonly id: JobId;
  readonly tenant: TenantId;
  readonly submittedMs: number;
  /** What dispatch is told of it; its expected run times may be wrong. */
  readonly shape: Shape;
  /** How long it really takes on each card model it may run on, undisturbed. */
  readonly trueRunMs: ReadonlyMap<CardModelId, number>;
}
