import type { Condition } from "./condition.ts";
import type { Words } from "./words.ts";

/** R1-R16: who and what qualifies. */
export interface Requirement {
  /** The code of the refusal, such as `signed-too-early`; one of its kind in the programme. */
  readonly code: string;
  readonly text: Words;
  /** `claim`: the whole claim is refused; `line`: only the lines that fail are left out. */
  readonly of: "claim" | "line";
  /** Judged when the claim is decided, when it is redeemed, or both times. */
  readonly at: "claim" | "redeem" | "both";
  /** Where this is false the requirement is not asked. Null: always asked. */
  readonly when: Condition | null;
  readonly need: Condition;
  /** Kinds of evidence that must lie before us for it; see `Redemption.evidence`. */
  readonly evidence: readonly string[];
}

/** R9: whose turn it is first, where there is not enough for all. */
export interface Priority {
  /** The first row that holds gives the rank, 1 before 2; who fits none comes last. */
  readonly ranks: readonly { readonly when: Condition; readonly rank: number }[];
  /** For competitive rounds: points of all rows that hold are added up; most points first. */
  readonly points: readonly { readonly when: Condition; readonly points: number }[];
}
