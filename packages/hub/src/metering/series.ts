import type { Meter, MeterReading } from "@wadi/core/metering";

/** Readings of one meter as they are sent. */
export interface Series extends Meter {
  readonly readings: readonly MeterReading[];
}

/** Which of the series name a run that is not the signer's, or not the tenant's, by index. */
export type UnknownRuns = (
  signer: string,
  series: readonly Series[],
) => Promise<ReadonlySet<number>>;
