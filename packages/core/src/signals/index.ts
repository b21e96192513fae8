export { evidenceTwice, type HandedIn } from "./evidence-twice.ts";
export { oddHours, type Redemption } from "./odd-hours.ts";
export { paidButIdle, type PaidTime } from "./idle-paid-hours.ts";
export { pricesAboveMedian, type Deal } from "./price-above-median.ts";
export { serialsTwice, type CardHeld } from "./serial-number-twice.ts";
export { sharedDetails, type ApplicantDetails } from "./shared-contact.ts";
export {
  inOrder,
  limitsOf,
  usualLimits,
  type Evidence,
  type Signal,
  type SignalLimits,
} from "./signal.ts";
export { splitContracts, type Bound, type Contract } from "./contract-splitting.ts";
