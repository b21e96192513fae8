import type { JobOutcome } from "../result.ts";
import { quantile } from "./spread.ts";

/** How good the starts were that jobs were told when they came. */
export interface Estimated {
  /** Started in the very decision that first looked at them: nothing was to be foretold. */
  readonly atOnce: number;
  /** Were told a start ahead, and started. */
  readonly told: number;
  /** Waited and were told nothing. */
  readonly untold: number;
  /** Of those told: |start − P50| ÷ the wait they really had; NaN of none. */
  readonly medianError: number;
  /** Of those told: the share that had started by their P90; NaN of none. */
  readonly withinP90: number;
}

/** Of jobs that started once: where a run was stopped or broke, its last start was another. */
export function estimatedOf(jobs: readonly JobOutcome[]): Estimated {
  const started = jobs.filter(
    ({ startedMs, preemptions, faults }) => startedMs !== null && preemptions + faults === 0,
  );
  const atOnce = started.filter(isAtOnce);
  const ahead = started.filter((job) => job.estimate !== null && !isAtOnce(job));
  const errors = ahead.map(({ startedMs, submittedMs, estimate }) => {
    const off = Math.abs(startedMs! - estimate!.p50Ms);
    return off === 0 ? 0 : off / (startedMs! - submittedMs);
  });
  const within = ahead.filter(({ startedMs, estimate }) => startedMs! <= estimate!.p90Ms);
  return {
    atOnce: atOnce.length,
    told: ahead.length,
    untold: started.length - atOnce.length - ahead.length,
    medianError: quantile(
      errors.toSorted((a, b) => a - b),
      0.5,
    ),
    withinP90: within.length / ahead.length,
  };
}

const isAtOnce = ({ estimate, startedMs }: JobOutcome) =>
  estimate?.p50Ms === startedMs && estimate?.p90Ms === startedMs;
