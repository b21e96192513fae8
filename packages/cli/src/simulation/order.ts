import type { BaselineName } from "./baseline-names.ts";
import type { Source } from "@wadi/simulator/readers";

/**
 * All that a simulation is made from, as plain data: whoever has it can play, here or in a thread
 * of its own.
 */
export interface Order {
  /** Null: that of the snapshot which is the workload. */
  readonly fleet: Source | null;
  /** A text, or what stands behind `generated:`. */
  readonly workload: Source | string;
  readonly policies: readonly NamedSource[];
  readonly baselines: readonly BaselineName[];
  readonly seed: number;
  readonly faults: string | undefined;
  readonly estimateError: number | undefined;
  readonly models: string | undefined;
}

export interface NamedSource {
  readonly name: string;
  readonly source: Source;
}
