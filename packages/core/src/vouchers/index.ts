export {
  byExpiry,
  capByRules,
  grantsByRules,
  isOver,
  judgeGrant,
  roomFor,
  voucherToUse,
  type GrantRefusal,
  type Programme,
  type Voucher,
} from "./programme.ts";
export { mostOf, restOf, sharesFor, split, type Share, type Split } from "./split.ts";
export * from "./rules/index.ts";
export type * from "./case.ts";
export type * from "./decision.ts";
export * from "./claim.ts";
export * from "./counters.ts";
export { checkCase } from "./decide/check-case.ts";
export { decide } from "./decide/decide.ts";
export { decideBatch, decideBatchBySteps, type Decided } from "./decide/decide-batch.ts";
export type { Inquiry, Turn } from "./decide/inquiry.ts";
export { keysOf, keysOfRedemption, keysOfRelease } from "./decide/keys-of.ts";
export { orderClaims } from "./decide/order-claims.ts";
export { shareOut } from "./decide/share-out.ts";
export {
  decidesTogether,
  isOpen,
  turnAlone,
  windowFor,
  type ClaimWindow,
} from "./decide/windows.ts";
export { keysOfBudget, standingOfBudget, type BudgetStanding } from "./decide/meters.ts";
export { billAtOnce } from "./redeem/bill-at-once.ts";
export { banFrom, clawback, clawbackUnits, type Clawback } from "./redeem/clawback.ts";
export { redeem, type RedemptionInquiry } from "./redeem/redeem.ts";
export { release, type Release } from "./redeem/release.ts";
export { rulesToRedeem } from "./redeem/rules-to-redeem.ts";
export { lastDay } from "./redeem/validity.ts";
export { checkRules } from "./check/check-rules.ts";
export { checkVersions } from "./check/check-versions.ts";
export { versionFor, versionToRedeem, type VersionDays } from "./version-for.ts";
export {
  changes,
  leverage,
  play,
  type ApplicantChange,
  type Played,
  type RecordedCase,
} from "./what-if.ts";
export * from "./claims/state.ts";
export * from "./claims/review.ts";
export {
  figuresOf,
  programmeFigures,
  type ProgrammeFigure,
  type ProgrammeSums,
} from "./claims/figures.ts";
export { judgeIndicators, type IndicatorResult } from "./claims/judge-indicators.ts";
export { judgeSplit, type FacePart, type SplitRefusal } from "./claims/split-face.ts";
export {
  bringFacts,
  type Bringing,
  type BroughtValue,
  type Correction,
  type Told,
} from "./claims/bring-facts.ts";
export { codeText, missingText } from "./code-text.ts";
export { judgeRaise } from "./claims/judge-raise.ts";
