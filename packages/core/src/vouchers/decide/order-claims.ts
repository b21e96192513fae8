import type { Case } from "../case.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { judge } from "./judge-condition.ts";
import { known } from "./known.ts";

/** A claim with what gave it its place. */
export interface Ranked {
  readonly case: Case;
  /** The lowest comes first; null: after all that have one. */
  readonly rank: number | null;
  /** 0 where the round is not competitive. */
  readonly points: number;
}

/**
 * R9: claims in the order in which they are taken: by rank, then by points where the round is
 * competitive (most first), then by the day of application, then by the claim's id. What is unknown
 * of a claim gives it no rank and no points.
 */
export function rankClaims(
  rules: Pick<ProgrammeRules, "priority" | "lifecycle">,
  cases: readonly Case[],
  asOf: Temporal.PlainDate,
): Ranked[] {
  const isCompetitive = rules.lifecycle.cadence.kind === "competitive";
  const ranked = cases.map((one): Ranked => {
    const seen = known(one, asOf);
    const row = rules.priority.ranks.find(({ when }) => judge(when, seen) === true);
    const points = rules.priority.points
      .filter(({ when }) => judge(when, seen) === true)
      .reduce((sum, { points: more }) => sum + more, 0);
    return { case: one, rank: row?.rank ?? null, points: isCompetitive ? points : 0 };
  });
  return ranked.sort(inOrder);
}

/** The same without what gave the places. */
export const orderClaims = (...of: Parameters<typeof rankClaims>): Case[] =>
  rankClaims(...of).map((ranked) => ranked.case);

function inOrder(a: Ranked, b: Ranked): number {
  const [rank, other] = [a.rank ?? Infinity, b.rank ?? Infinity];
  return (
    (rank === other ? 0 : rank - other) ||
    b.points - a.points ||
    Temporal.PlainDate.compare(a.case.appliedOn, b.case.appliedOn) ||
    (a.case.claim < b.case.claim ? -1 : 1)
  );
}
