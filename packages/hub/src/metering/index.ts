export { recordReadings } from "./record-readings.ts";
export { chargeRuns, type ChargedRun, type EndedRun } from "./charge-runs.ts";
export { chargesOf } from "./charges-of.ts";
export { chargesBetween, type StoredCharge } from "./charge-store.ts";
export { serveMetering, type RunsOfJob } from "./routes.ts";
export type { RunReading } from "./reading-store.ts";
export { auditCharges } from "./audit-charges.ts";
