import type { Indicator, Words } from "../rules/index.ts";

/**
 * R42: figures that follow from a programme's own books and claims. An indicator of such a name is
 * reported by itself; one of another name needs a figure from elsewhere.
 */
export const programmeFigures = {
  applicants: {
    unit: "count",
    text: { en: "applicants that were granted something", zh: "获支持主体数" },
  },
  grants: { unit: "count", text: { en: "claims that were granted", zh: "核准申请数" } },
  granted: { unit: "yuan", text: { en: "granted", zh: "核准金额" } },
  redeemed: { unit: "yuan", text: { en: "redeemed", zh: "兑付金额" } },
  contracts: {
    unit: "yuan",
    text: { en: "what granted claims were decided on", zh: "获支持合同的计算基数" },
  },
  "redeemed-share": {
    unit: "rate",
    text: { en: "redeemed, of what was granted", zh: "兑付率（兑付占核准）" },
  },
  leverage: {
    unit: "rate",
    text: { en: "own money for each yuan of public money", zh: "资金撬动比（自筹比财政）" },
  },
  "domestic-share": {
    unit: "rate",
    text: { en: "spent on domestic cards, of what was granted for", zh: "国产算力占比" },
  },
  "card-hours": {
    unit: "card-hours",
    text: { en: "card-hours of jobs that vouchers paid a part of", zh: "算力券支持的卡时" },
  },
} as const satisfies Record<string, { unit: Indicator["unit"]; text: Words }>;
export type ProgrammeFigure = keyof typeof programmeFigures;

export const isFigure = (code: string): code is ProgrammeFigure =>
  Object.hasOwn(programmeFigures, code);

/** What the figures are worked out from; amounts in micro-yuan, times in card-seconds. */
export interface ProgrammeSums {
  readonly applicants: bigint;
  readonly grants: bigint;
  readonly granted: bigint;
  readonly redeemed: bigint;
  /** The bases of granted claims. */
  readonly base: bigint;
  /** Of granted claims' lines that qualified, as far as their cards' origin is told. */
  readonly domestic: bigint;
  readonly ofKnownOrigin: bigint;
  readonly cardSeconds: bigint;
}

/**
 * Yuan in micro-yuan, rates in millionths, card-hours whole; all rounded down. Null: there is
 * nothing yet that it could be a share of.
 */
export function figuresOf(sums: ProgrammeSums): Record<ProgrammeFigure, bigint | null> {
  const { granted, redeemed, base } = sums;
  const share = (part: bigint, whole: bigint) =>
    whole === 0n ? null : (part * 1_000_000n) / whole;
  return {
    applicants: sums.applicants,
    grants: sums.grants,
    granted,
    redeemed,
    contracts: base,
    "redeemed-share": share(redeemed, granted),
    leverage: share(base > granted ? base - granted : 0n, granted),
    "domestic-share": share(sums.domestic, sums.ofKnownOrigin),
    "card-hours": sums.cardSeconds / 3600n,
  };
}
