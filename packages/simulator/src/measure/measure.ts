import type { SimResult } from "../result.ts";
import { estimatedOf, type Estimated } from "./estimated.ts";
import { fairnessOf, type FairnessOptions } from "./fairness.ts";
import { spendingOf, type Spending } from "./spending.ts";
import { meanOf } from "./spread.ts";
import { timesByClass, waitsByTenant, type TimesByClass } from "./times.ts";
import { useByCentre, useOfAll, type Use } from "./use.ts";

/** The figures of one play, as tables and comparisons show them. */
export interface Measures {
  readonly times: TimesByClass;
  readonly tenants: ReturnType<typeof waitsByTenant>;
  readonly uses: readonly Use[];
  /** Of all cards, 0 to 1. */
  readonly use: number;
  readonly spending: Spending;
  /** Jain's index; see `fairnessOf`. */
  readonly fairness: number;
  /** The mean of what was sampled; null where no certificate was made. */
  readonly gap: number | null;
  readonly estimated: Estimated;
  /** From the first submission to the last success; null where nothing succeeded. */
  readonly makespanMs: number | null;
  readonly preemptions: number;
  readonly faults: number;
}

export function measure(result: SimResult, options: FairnessOptions = {}): Measures {
  const { jobs, samples } = result;
  const uses = useByCentre(result);
  const gaps = samples.flatMap(({ gap }) => (gap === null ? [] : [gap]));
  return {
    times: timesByClass(jobs),
    tenants: waitsByTenant(jobs),
    uses,
    use: useOfAll(uses),
    spending: spendingOf(jobs),
    fairness: fairnessOf(result, options),
    gap: gaps.length > 0 ? meanOf(gaps) : null,
    estimated: estimatedOf(jobs),
    makespanMs: makespanOf(jobs),
    preemptions: jobs.reduce((sum, { preemptions }) => sum + preemptions, 0),
    faults: jobs.reduce((sum, { faults }) => sum + faults, 0),
  };
}

function makespanOf(jobs: SimResult["jobs"]): number | null {
  const first = jobs.reduce((least, { submittedMs }) => Math.min(least, submittedMs), Infinity);
  const last = jobs.reduce((most, { endedMs }) => Math.max(most, endedMs ?? -Infinity), -Infinity);
  return last === -Infinity ? null : last - first;
}
