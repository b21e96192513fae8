import type { Case } from "../case.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { judge } from "./judge-condition.ts";
import { known } from "./known.ts";

/**
 * R9: claims in the order in which they are taken: by rank, then by points where the round is
 * competitive (most first), then by the day of application, then by the claim's id. What is unknown
 * of a claim gives it no rank and no points.
 */
export function orderClaims(
  rules: Pick<ProgrammeRules, "priority" | "lifecycle">,
  cases: readonly Case[],
  asOf: Temporal.PlainDate,
): Case[] {
  const isCompetitive = rules.lifecycle.cadence.kind === "competitive";
  const judged = cases.map((one) => {
    const seen = known(one, asOf);
    const rank = rules.priority.ranks.find(({ when }) => judge(when, seen) === true)?.rank;
    const points = rules.priority.points
      .filter(({ when }) => judge(when, seen) === true)
      .reduce((sum, row) => sum + row.points, 0);
    return { one, rank: rank ?? Infinity, points: isCompetitive ? points : 0 };
  });
  return judged
    .sort(
      (a, b) =>
        (a.rank === b.rank ? 0 : a.rank - b.rank) ||
        b.points - a.points ||
        Temporal.PlainDate.compare(a.one.appliedOn, b.one.appliedOn) ||
        (a.one.claim < b.one.claim ? -1 : 1),
    )
    .map(({ one }) => one);
}
