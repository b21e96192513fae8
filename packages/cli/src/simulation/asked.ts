import type { BaselineName } from "./baseline-names.ts";

/** What `wadi simulate` was asked for, as it was typed. */
export interface SimulateInput {
  readonly fleet?: string;
  readonly workload: string;
  readonly policy?: readonly string[];
  readonly baseline?: readonly BaselineName[];
  readonly seed: number;
  readonly faults?: string;
  readonly estimateError?: number;
  readonly models?: string;
  readonly threads?: number;
  readonly out: string;
  readonly force?: true;
}
