import type { MicroYuan, Rate } from "../../units/index.ts";
import type { Period } from "./period.ts";
import type { Words } from "./words.ts";

/** R17: which amount of a line the rates apply to. All of them are money. */
export const baseKinds = {
  contract: { en: "contract amount", zh: "合同金额" },
  approved: { en: "amount approved by the reviewers", zh: "核定金额" },
  invoiced: { en: "amount of the supplier's bills", zh: "开票金额" },
  paid: { en: "amount really paid", zh: "实际支付金额" },
  metered: { en: "amount metered on the platform", zh: "平台计量金额" },
  "recognised-tokens": { en: "price of recognised tokens", zh: "认定词元金额" },
} as const satisfies Record<string, Words>;
export type BaseKind = keyof typeof baseKinds;

/** R17, R18, R38: what is counted. */
export interface Spend {
  readonly claimBase: BaseKind;
  readonly redeemBase: BaseKind;
  /**
   * Null: amounts count with tax. Otherwise they are divided by it, in millionths (1,060,000 is
   * 1.06), each line rounded down to the micro-yuan.
   */
  readonly taxDivisor: Rate | null;
  readonly floors: readonly Floor[];
}

/** R18: what is too little. Spend-then-full is a part: `PartRule.spendThenFull`. */
export interface Floor {
  readonly code: string;
  readonly text: Words;
  /**
   * `base`: the base of the claim, with what the applicant spent before in `period`, reaches
   * `amount`. `face`: what would be granted in the end reaches it, or nothing is.
   */
  readonly of: "base" | "face";
  /** For `base` only; `none` looks at the claim alone. */
  readonly period: Period;
  readonly amount: MicroYuan;
}
