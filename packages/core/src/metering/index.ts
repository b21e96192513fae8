export { usageOf, type Gap, type Reading, type Usage } from "./usage.ts";
export { judgeReading, type OddReason } from "./odd-reading.ts";
export { chargeFor, peakOf, type Charge, type Terms } from "./charge.ts";
export { verifyCharge, type ChargeEvidence } from "./verify-charge.ts";
