export { recordReadings } from "./record-readings.ts";
export { chargeRuns, type ChargedRun, type EndedRun } from "./charge-runs.ts";
export { cardSecondsPaid, chargeEntries } from "./charge-entries-store.ts";
export { cardSignals } from "./card-signals.ts";
export { isSigned } from "./is-signed.ts";
export { chargesOf } from "./charges-of.ts";
export { chargesBetween, findCharges as storedCharges, type StoredCharge } from "./charge-store.ts";
export {
  correctionsBetween,
  correctionsOf,
  laterReadingsOf,
  type StoredCorrection,
} from "./later-store.ts";
export { serveMetering, type RunsOfJob } from "./routes.ts";
export { serveMeters } from "./meter-routes.ts";
export type { RunReading } from "./reading-store.ts";
export { viewOfEvidence, withEvidence, type ProvableCharge } from "./evidence.ts";
export { auditCharges } from "./audit-charges.ts";
export { voucherBack } from "./correction-transfers.ts";
export { chargedRunsOf, usageOfTenant, type ChargedUsage } from "./usage-of-tenant.ts";
export { meteredTenants, sumMetered, type MeteredUsage } from "./metered-store.ts";
export {
  keepSignature,
  readBatches,
  signedPlaces,
  type SignedPlace,
  type StoredBatch,
} from "./signature-store.ts";
export { readMeterBatches } from "./meter-key-store.ts";
export { signedMeterPlaces } from "./usage-as-of-store.ts";
export { usageAsOf, type MeterAsOf, type RunAsOf } from "./usage-as-of.ts";
