export { adjustment, chargedWithin, type Adjustment, type RunCharge } from "./adjustment.ts";
export {
  priceGrades,
  type BillRounding,
  type ItemTimes,
  type ListVersion,
  type ListVersionDraft,
  type Name,
  type Package,
  type PackageId,
  type PriceGrade,
  type PriceItem,
  type PriceItemId,
  type PriceList,
  type PriceListDraft,
  type PriceListId,
  type PriceSource,
  type PriceStep,
  type Pricing,
} from "./price-list.ts";
export { priceList, type CheckedPriceList } from "./check-price-list.ts";
export { checkRevision, droppedItems } from "./check-revision.ts";
export {
  grains,
  priceUnitNames,
  priceUnits,
  sizeOf,
  unitsFor,
  type Grain,
  type PriceUnit,
} from "./price-unit.ts";
export {
  checkAgreement,
  plainAgreement,
  type Agreement,
  type BoughtPackages,
  type Commitment,
  type Discount,
} from "./agreement.ts";
export { monthOf, rate, type RatedMonth, type RatingOrder } from "./rate.ts";
export { ratePacts, type Pact } from "./rate-pacts.ts";
export { stretchesIn, type Days, type Stretch } from "./stretches.ts";
export { lineKey, lineKinds, type LineKind, type RatedLine } from "./rated-line.ts";
export type { PackageBalance } from "./package-balances.ts";
export type { Unpriced } from "./unpriced.ts";
export { differences } from "./differences.ts";
export { preview, type Offer, type Previewed } from "./preview.ts";
