/** How values lie; NaN of none. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    mean: meanOf(sorted),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
  };
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The smallest of the values that so large a share of them does not exceed; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(sorted.length * share));
  return sorted[rank - 1] ?? Number.NaN;
}
