/**
 * The time over which amounts are added up. `none`: for ever. `{ years: 3 }`: this calendar year
 * and the two before it. Which day counts is said beside it.
 */
export type Period =
  | "none"
  | "calendar-year"
  | "half-year"
  | "quarter"
  | "month"
  | { readonly years: number };

export const periodNames = ["none", "calendar-year", "half-year", "quarter", "month"] as const;
