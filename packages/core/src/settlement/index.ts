export {
  checkTerms,
  directPayers,
  type Band,
  type DirectPayer,
  type PriceBand,
  type ProviderTerms,
  type SettlementMode,
  type ShareBand,
  type TermsRule,
} from "./terms.ts";
export {
  ruleFor,
  settle,
  sumOfGroups,
  withoutTax,
  type SettledGroup,
  type SoldUsage,
} from "./settle.ts";
export { splitCost, type CostShare } from "./split-cost.ts";
export { net, type Netting, type Standing } from "./net.ts";
export {
  isPublished,
  judgeStep,
  monthStates,
  monthSteps,
  stretchOfMonth,
  type MonthState,
  type MonthStep,
} from "./month-state.ts";
export { reconcile, type Mismatch, type Said, type ThreeWay, type Tolerance } from "./reconcile.ts";
export { csvLine, readCsv, type CsvRecord } from "./csv.ts";
export { focusColumns, type FocusColumn } from "./focus/columns.ts";
export { focusDigits, focusSchema, focusType, type FocusSchema } from "./focus/metadata.ts";
export { focusChecker, type FocusChecker, type FocusProblem } from "./focus/check.ts";
export {
  chargeRows,
  correctionRow,
  focusHeader,
  type FocusCharge,
  type FocusCorrection,
  type FocusFrame,
} from "./focus/rows.ts";
