import type { Priority } from "@wadi/core/job";
import type { CentreId, JobId, PoolId, TenantId } from "@wadi/core/units";

/** How a workload went under one dispatcher. Money in yuan: for plots and tables, not for bills. */
export interface SimResult {
  readonly dispatcher: string;
  readonly workload: string;
  readonly seed: number;
  /** In the workload's order. */
  readonly jobs: readonly JobOutcome[];
  readonly centres: readonly { readonly id: CentreId; readonly cards: number }[];
  /** In time order, evenly spaced. */
  readonly samples: readonly Sample[];
  /** Of decisions: how many there were, and what they took in real time. */
  readonly rounds: { readonly count: number; readonly medianMs: number; readonly p99Ms: number };
}

export interface JobOutcome {
  readonly id: JobId;
  readonly tenant: TenantId;
  readonly priority: Priority;
  readonly cards: number;
  readonly submittedMs: number;
  /** Of its last run; null: it never started. */
  readonly startedMs: number | null;
  /** When it succeeded; null: not within the simulation, or never. */
  readonly endedMs: number | null;
  readonly pool: PoolId | null;
  /** What was really paid and lost, all its runs together. */
  readonly cost: CostParts;
  /** As told when it was submitted: when it would start. */
  readonly estimate: { readonly p50Ms: number; readonly p90Ms: number } | null;
  readonly preemptions: number;
  /** Runs that faults ended. */
  readonly faults: number;
}

export interface CostParts {
  readonly compute: number;
  readonly data: number;
  readonly waiting: number;
  readonly loss: number;
  readonly power: number;
  readonly carbon: number;
}

export interface Sample {
  readonly atMs: number;
  readonly queuedJobs: number;
  readonly queuedCards: number;
  /** In the order of `centres`. */
  readonly usedCards: readonly number[];
  /** Of the last certificate: (cost − bound) ÷ bound; null where none was made. */
  readonly gap: number | null;
}
