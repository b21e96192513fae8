import type { Policy } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";
import type { Dispatcher } from "../dispatcher.ts";

/** What a dispatcher may offer beside its decisions; a play uses what there is. */
export interface Insight {
  /** By which it decides: it is told what this looks at of usage and checkpoints, and no more. */
  readonly policy?: Policy;
  /** Of its last certificate: (cost − bound) ÷ bound. */
  readonly gap?: () => number | null;
  /**
   * When a job that waits since the last decision will start; null where it does not know,
   * undefined where it will say so after a later decision.
   */
  readonly startOf?: (job: JobId) => StartTold | null | undefined;
}

export interface StartTold {
  readonly p50Ms: number;
  readonly p90Ms: number;
}

export const insightOf = (dispatcher: Dispatcher): Insight => dispatcher as Insight;
