export * from "./snapshot.ts";
export * from "./policy.ts";
export * from "./plan.ts";
export type { Change } from "./change.ts";
export * from "./reason.ts";
export { atBound, leastCards } from "./held-back.ts";
export { shapeOf } from "./shape.ts";
export { runTimeOn, type RunTime } from "./run-time.ts";
export { type Cost } from "./cost.ts";
export { openRegion, type DispatchRegion } from "./region.ts";
export {
  certify,
  marginalWorth,
  type BoundGroup,
  type BoundOption,
  type BoundPool,
  type BoundProblem,
  type Certificate,
  type Effort,
} from "./bound/index.ts";
export {
  openCalibration,
  type Calibration,
  type GroupOutlook,
  type Outlook,
} from "./outlook/index.ts";
export { round } from "./round.ts";
export { openQuotes, quote, type Quote } from "./quote.ts";
export * from "./advice/index.ts";
export * from "./report/index.ts";
export { checkFairness } from "./fairness/index.ts";
export {
  firstPace,
  leasesLeft,
  lyingTooLongMs,
  nextPace,
  type Pace,
  type Seen as PaceSeen,
} from "./pace.ts";
export {
  cardValues,
  fits,
  fragmentation,
  roomIn,
  scarcityWeight,
  worthOf,
  worthOfCards,
  type Fit,
  type Fragmentation,
  type HostRoom,
  type TypicalNeed,
} from "./fit/index.ts";
