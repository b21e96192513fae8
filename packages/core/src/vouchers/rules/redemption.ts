import type { Words } from "./words.ts";

/** R36-R39: how what was granted is paid out. */
export interface Redemption {
  readonly evidence: readonly EvidenceRule[];
  /** R37: offices in their order; empty where nobody reviews. */
  readonly stages: readonly Stage[];
  /** R37: names are masked; null: no public notice. */
  readonly notice: { readonly days: number } | null;
  /** R39: where the budget is short. `equal-ratio` needs claims decided together. */
  readonly shortage: "first-come" | "equal-ratio";
}

/** R36: a kind of document, and when it must lie before us. */
export interface EvidenceRule {
  /** Such as `contract`, `proof-of-delivery`, `bank-receipt`. */
  readonly kind: string;
  readonly text: Words;
  readonly at: "claim" | "redeem" | "both";
  /** Asked for by requirements that name it only, instead of always. */
  readonly onlyWhenNamed: boolean;
  /** The document must have been made so many days ago at most; null: any. */
  readonly freshDays: number | null;
}

/** R37: one office's look at a claim. */
export interface Stage {
  readonly code: string;
  readonly text: Words;
  readonly office: "platform" | "district" | "bureau" | "finance" | "expert";
  /** How many different persons of that office must agree. */
  readonly persons: 1 | 2;
  /** Calendar days for it; null: none set. */
  readonly days: number | null;
}
