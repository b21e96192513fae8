import type { Indicator } from "../rules/index.ts";

export interface IndicatorResult {
  readonly code: string;
  /** Null: no figure was brought. */
  readonly value: bigint | null;
  /** Whether the goal is met; null where there is none, or no figure. */
  readonly isMet: boolean | null;
}

/** R42: the programme's figures beside its goals, in the order of the rules. */
export const judgeIndicators = (
  indicators: readonly Indicator[],
  figures: Readonly<Record<string, bigint | null>>,
): IndicatorResult[] =>
  indicators.map(({ code, goal }) => {
    const value = figures[code] ?? null;
    if (goal === null || value === null) return { code, value, isMet: null };
    return { code, value, isMet: "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost };
  });
