import type { Words } from "./words.ts";

/** R31: how money reaches the applicant. What each does stands in `modes`. */
export type Mode =
  | "advance-deduct"
  | "claim-then-redeem"
  | "reimburse"
  | "instant"
  | "no-application";

interface ModeFacts {
  readonly text: Words;
  /** Somebody asks for it; otherwise the platform decides from its own data. */
  readonly applied: boolean;
  /** Persons review it before money is set aside. */
  readonly reviewed: boolean;
  /** What is granted is redeemed in the same step, from bills that are there already. */
  readonly redeemedAtOnce: boolean;
  /** The supplier's bill is reduced and the supplier is paid the difference. */
  readonly offsetsBill: boolean;
}

export const modes = {
  "advance-deduct": {
    text: { en: "voucher in advance, deducted from bills", zh: "先发券后抵扣" },
    applied: true,
    reviewed: true,
    redeemedAtOnce: false,
    offsetsBill: true,
  },
  "claim-then-redeem": {
    text: { en: "claim first, redeem with bill and proof", zh: "先申领后兑付" },
    applied: true,
    reviewed: true,
    redeemedAtOnce: false,
    offsetsBill: false,
  },
  reimburse: {
    text: { en: "paid back after spending", zh: "先用后补" },
    applied: true,
    reviewed: true,
    redeemedAtOnce: true,
    offsetsBill: false,
  },
  instant: {
    text: { en: "deducted at once on the platform", zh: "平台立减" },
    applied: true,
    reviewed: false,
    redeemedAtOnce: true,
    offsetsBill: true,
  },
  "no-application": {
    text: { en: "decided from platform data, nobody applies", zh: "免申即享" },
    applied: false,
    reviewed: true,
    redeemedAtOnce: true,
    offsetsBill: false,
  },
} as const satisfies Record<Mode, ModeFacts>;
export const modeFacts = (mode: Mode): ModeFacts => modes[mode];

/** R32: when claims are taken. Days are inclusive. */
export type Cadence =
  | { readonly kind: "rolling" }
  | { readonly kind: "windows"; readonly windows: readonly DayWindow[] }
  /** The first `days` days of every month, quarter or half-year; null: all of them. */
  | {
      readonly kind: "each";
      readonly period: "month" | "quarter" | "half-year";
      readonly days: number | null;
    }
  /** Claims are gathered and decided together. */
  | { readonly kind: "batch"; readonly windows: readonly DayWindow[] }
  /** As a batch, and only the best `places` by points are granted. */
  | {
      readonly kind: "competitive";
      readonly windows: readonly DayWindow[];
      readonly places: number;
    };

export interface DayWindow {
  readonly from: Temporal.PlainDate;
  readonly until: Temporal.PlainDate;
}

export interface Lifecycle {
  readonly mode: Mode;
  readonly cadence: Cadence;
  /**
   * R33: `months` from the day of issue, the day before the same day of the month included: issued
   * on 1 April for 12 months, the last day is 31 March. Or until one day for all. Null: no end.
   */
  readonly validity: { readonly months: number } | { readonly until: Temporal.PlainDate } | null;
  /** R34: to nobody, or split among so many sub-accounts of the same applicant. */
  readonly transfer: "none" | { readonly subAccounts: number };
  /** R35: the step that takes budget and caps up. */
  readonly reserves: "application" | "grant" | "redemption";
  /** R35: room under caps comes back when a claim is released or expires. */
  readonly releasedRoomReturns: boolean;
  /** R35: the same for the programme's budget. */
  readonly releasedBudgetReturns: boolean;
  /** Redemption is limited to the parts' rates on what was settled; else to what was settled. */
  readonly redeemLimitedToRate: boolean;
}
