import type { JobSpec } from "./spec.ts";
import type { FinalRunState, JobState } from "./state.ts";

/** How a run ended, as far as the job's next step depends on it. */
export interface RunEnd {
  readonly state: FinalRunState;
  readonly exitCode: number | null;
  /** The tenant asked for the end of the job. */
  readonly cancelRequested: boolean;
  /** A round asked for the end of the run, to make room for another job. */
  readonly preempted: boolean;
  /** Runs of this job that failed by themselves, this one included. */
  readonly failures: number;
}

/** What becomes of the job; `why` is a code for the tenant. */
export type Next =
  | {
      readonly kind: "final";
      readonly state: JobState & ("succeeded" | "failed" | "cancelled");
      readonly why: EndReason;
    }
  | { readonly kind: "again"; readonly why: EndReason };

export type EndReason =
  | "exit-zero"
  | "exit-code"
  | "signal"
  | "timed-out"
  | "out-of-memory"
  | "cancelled"
  | "stopped-by-centre"
  | "preempted"
  | "run-lost"
  | "run-refused"
  | "lease-withdrawn"
  | "too-many-runs";

/**
 * The step after a run's end. A failure of the job's own uses up its retries; a run that its centre
 * lost, refused or gave up, or that a round stopped, does not count against them. A time-out is
 * retried only where the spec leaves a checkpoint: a run without one would only time out again.
 */
export function nextAfter(spec: Pick<JobSpec, "retry" | "checkpoint">, end: RunEnd): Next {
  const why = reasonOf(end);
  if (end.state === "succeeded") return { kind: "final", state: "succeeded", why };
  if (end.cancelRequested) return { kind: "final", state: "cancelled", why: "cancelled" };
  switch (end.state) {
    case "stopped":
    case "refused":
    case "withdrawn":
      return { kind: "again", why };
    case "lost":
    case "lease-lost":
      return spec.retry.rerunWhenLost
        ? { kind: "again", why }
        : { kind: "final", state: "failed", why };
    case "failed":
    case "timed-out":
    case "out-of-memory":
      return mayRetry(spec, end) ? { kind: "again", why } : { kind: "final", state: "failed", why };
  }
}

function mayRetry({ retry, checkpoint }: Pick<JobSpec, "retry" | "checkpoint">, end: RunEnd) {
  if (end.failures > retry.times) return false;
  if (end.state === "timed-out") return checkpoint !== null;
  if (retry.exitCodes.length === 0) return true;
  return end.exitCode !== null && retry.exitCodes.includes(end.exitCode);
}

function reasonOf({ state, exitCode, preempted }: RunEnd): EndReason {
  switch (state) {
    case "succeeded":
      return "exit-zero";
    case "failed":
      return exitCode === null ? "signal" : "exit-code";
    case "stopped":
      return preempted ? "preempted" : "stopped-by-centre";
    case "lost":
    case "lease-lost":
      return "run-lost";
    case "refused":
      return "run-refused";
    case "withdrawn":
      return "lease-withdrawn";
    default:
      return state;
  }
}
