import type { Rate } from "../../units/index.ts";
import type { Words } from "./words.ts";

/** R40: what is brought before a person, never refused by itself; thresholds are in `unit`. */
export const signalKinds = {
  "price-above-median": {
    unit: "rate",
    text: { en: "price above the 90-day median by", zh: "价格高于90天中位数" },
  },
  "idle-paid-hours": {
    unit: "rate",
    text: { en: "paid hours at a utilisation below", zh: "付费时段利用率低于" },
  },
  "serial-number-twice": {
    unit: "count",
    text: { en: "one serial number billed so often", zh: "同一序列号重复计费次数" },
  },
  "contract-splitting": {
    unit: "rate",
    text: { en: "several contracts below a floor or cap by less than", zh: "合同拆分贴近门槛" },
  },
  "shared-contact": {
    unit: "count",
    text: { en: "applicants with one bank account, phone or address", zh: "共用账户电话地址数" },
  },
  "evidence-twice": {
    unit: "count",
    text: { en: "the same document in so many claims", zh: "同一凭证重复使用次数" },
  },
  "odd-hours": { unit: "rate", text: { en: "share of trades at odd hours", zh: "异常时段占比" } },
} as const satisfies Record<string, { unit: "rate" | "count"; text: Words }>;
export type SignalKind = keyof typeof signalKinds;

/** R40-R42. */
export interface Control {
  readonly signals: readonly { readonly signal: SignalKind; readonly threshold: bigint }[];
  readonly clawback: ClawbackRule | null;
  readonly indicators: readonly Indicator[];
}

/** R41. Simple interest by the day on 365, rounded down to the fen. */
export interface ClawbackRule {
  /** Of what was redeemed; 1,000,000 is all of it. */
  readonly share: Rate;
  readonly interestPerYear: Rate;
  /** How long the applicant may not claim, from the day of the clawback; 0: no ban. */
  readonly banMonths: number;
}

/** R42: what the programme is measured by. */
export interface Indicator {
  readonly code: string;
  readonly text: Words;
  readonly unit: "count" | "yuan" | "rate" | "card-hours";
  /** Null: reported only. */
  readonly goal: { readonly atLeast: bigint } | { readonly atMost: bigint } | null;
}
