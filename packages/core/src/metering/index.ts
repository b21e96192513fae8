export { usageOf, type Gap, type Reading, type Usage } from "./usage.ts";
export { isTooLate, judgeReading, type OddReason } from "./odd-reading.ts";
export { gapsOf, missingNumbers, type ReadingGaps } from "./gaps.ts";
export { chargeFor, peakOf, type Charge, type Terms } from "./charge.ts";
export { correctCharge, movesMoney, type ChargeCorrection } from "./correct-charge.ts";
export { verifyCharge, type ChargeEvidence } from "./verify-charge.ts";
export {
  attributesKey,
  bases,
  basesOfRun,
  measureNames,
  measureOf,
  measures,
  type Attributes,
  type Basis,
  type Measure,
} from "./measure.ts";
export {
  counting,
  isBefore,
  judgeMeterReading,
  lateMaxDays,
  meterKey,
  type JudgedMeterReading,
  type Meter,
  type MeterReading,
  type OddMeterReason,
  type SourceId,
} from "./meter-reading.ts";
export { idleBelow, plausibility, type Plausibility } from "./plausible.ts";
export { usageLinesOfMeter, usageLinesOfRun, type UsageLine } from "./usage-line.ts";
