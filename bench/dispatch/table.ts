/** One row of a table in Markdown. */
export const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(" | ")} |`);

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** The smallest value that at least this share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
