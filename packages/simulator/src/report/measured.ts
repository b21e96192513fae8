import { measure, type Measures } from "../measure/index.ts";
import type { SimResult } from "../result.ts";

/** A result with what was worked out from it, once for table, plots and files. */
export interface Measured {
  readonly result: SimResult;
  readonly measures: Measures;
  /** From 1, as the legend counts. */
  readonly number: number;
}

/** @throws Error where two results have one name, or there are none */
export function measuredOf(results: readonly SimResult[]): readonly Measured[] {
  const names = results.map(({ dispatcher }) => dispatcher);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two results are named "${twice}"; give each its own`);
  if (results.length === 0) throw new Error("a report needs at least one result");
  return results.map((result, at) => ({ result, measures: measure(result), number: at + 1 }));
}
