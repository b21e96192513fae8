import type { ProgrammeRules, Stage } from "../rules/index.ts";

/** What one person of an office said. */
export interface Review {
  readonly stage: string;
  readonly person: string;
  /** `return`: the applicant has to bring more; then all stages begin anew. */
  readonly verdict: "agree" | "return" | "refuse";
}

/** Where a claim stands between the offices. */
export type ReviewStanding =
  | { readonly kind: "waiting"; readonly stage: Stage; readonly agreed: number }
  | { readonly kind: "agreed" }
  | { readonly kind: "returned" }
  | { readonly kind: "refused" };

export type ReviewRefusal =
  /** All have spoken already. */
  | "review-over"
  /** Another stage has to speak first. */
  | "other-stage"
  /** Persons do not review what they, or those they act for, applied for. */
  | "own-claim"
  /** One person speaks once for a claim, in whatever office. */
  | "same-person";

export type ReviewStep =
  | { readonly kind: "taken"; readonly standing: ReviewStanding }
  | { readonly kind: "refused"; readonly code: ReviewRefusal };

type Stages = Pick<ProgrammeRules, "redemption">;

/**
 * R37: whether a review counts, and where the claim stands with it. Stages speak in their order;
 * each needs as many different persons as it says.
 *
 * @param of.reviews  all that counted so far, in their order
 * @param of.applicants  persons who applied, entered the claim or belong to the applicant
 */
export function reviewStep(
  rules: Stages,
  of: { reviews: readonly Review[]; applicants: readonly string[]; review: Review },
): ReviewStep {
  const { reviews, applicants, review } = of;
  const refused = (code: ReviewRefusal): ReviewStep => ({ kind: "refused", code });
  const standing = standingOf(rules, reviews);
  const isAgain = standing.kind === "returned";
  const now = isAgain ? standingOf(rules, []) : standing;
  if (now.kind !== "waiting") return refused("review-over");
  if (applicants.includes(review.person)) return refused("own-claim");
  if (now.stage.code !== review.stage) return refused("other-stage");
  if (sinceReturn(reviews).some(({ person }) => person === review.person)) {
    return refused("same-person");
  }
  return { kind: "taken", standing: standingOf(rules, [...reviews, review]) };
}

/** Where a claim stands after these reviews. Without stages it is agreed to. */
export function standingOf(rules: Stages, reviews: readonly Review[]): ReviewStanding {
  const last = reviews.at(-1);
  if (last?.verdict === "refuse") return { kind: "refused" };
  if (last?.verdict === "return") return { kind: "returned" };
  const counting = sinceReturn(reviews);
  for (const stage of rules.redemption.stages) {
    const agreed = counting.filter((review) => review.stage === stage.code).length;
    if (agreed < stage.persons) return { kind: "waiting", stage, agreed };
  }
  return { kind: "agreed" };
}

const sinceReturn = (reviews: readonly Review[]) =>
  reviews.slice(reviews.findLastIndex(({ verdict }) => verdict === "return") + 1);
