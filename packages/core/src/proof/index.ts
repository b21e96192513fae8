export {
  growingTree,
  leafHash,
  merkleRoot,
  openTree,
  rootOf,
  type GrowingTree,
  type MerklePath,
  type MerkleTree,
} from "./merkle.ts";
export { canonicalJson, digestOf, type Json, type JsonObject } from "./canonical-json.ts";
export {
  batchText,
  batchTextOf,
  readingLeaves,
  readingText,
  type RunReading,
} from "./sign-readings.ts";
export {
  meterBatchText,
  meterBatchTextOf,
  meterLeaf,
  meterLeaves,
  type MeterSeries,
  type MeterSigner,
} from "./sign-meter-readings.ts";
export { anchorLeaf, anchorsRoot, lineLeaf, linesRoot, type LedgerAnchor } from "./anchor.ts";
export {
  isOwn,
  ownKinds,
  voucherOf,
  type BillLine,
  type Bundle,
  type BundleBatch,
  type BundleCharge,
  type BundleCorrection,
  type CorrectedParts,
  type BundleTransfer,
} from "./bundle.ts";
export type { BundleReading } from "./bundle-reading.ts";
export type {
  BundleClaim,
  BundleDecision,
  BundleEnd,
  BundleRedemption,
  BundleRules,
} from "./bundle-claims.ts";
export type {
  BundleMeter,
  BundleMeterBatch,
  BundleMonth,
  BundleMonthRun,
  BundlePact,
} from "./bundle-months.ts";
export { firstDifference, type BundleTools } from "./verify-bundle.ts";
export { redecide, saidOf } from "./verify-claims.ts";
export { saidOfRedemption, wrongInCourse } from "./verify-course.ts";
export { unproved } from "./unproved.ts";
