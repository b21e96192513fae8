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
export { anchorLeaf, anchorsRoot, lineLeaf, linesRoot, type LedgerAnchor } from "./anchor.ts";
export {
  isOwn,
  type BillLine,
  type Bundle,
  type BundleBatch,
  type BundleCharge,
  type BundleCorrection,
  type CorrectedParts,
  type BundleReading,
  type BundleTransfer,
} from "./bundle.ts";
export { firstDifference, type BundleTools } from "./verify-bundle.ts";
