import { microseconds, type Sha256 } from "../ledger/index.ts";
import { attributesKey, type Meter, type MeterReading, type SourceId } from "../metering/index.ts";
import { leafHash, merkleRoot } from "./merkle.ts";

/** Who signs for meters: one source of one credential's. */
export interface MeterSigner {
  /** Whose credential sends: "centre/c1", "provider/lowland", "operator". */
  readonly signer: string;
  readonly source: SourceId;
}

/** Readings of one meter, as they are sent. */
export interface MeterSeries extends Meter {
  readonly readings: readonly MeterReading[];
}

/**
 * One reading of a meter as text, the same for ever: fields of a line each, times in microseconds
 * since 1970. All that makes the meter what it is stands in it.
 */
export function meterReadingText(meter: Meter, reading: MeterReading): string {
  const { source, tenant, resource, measure, basis, attributes } = meter;
  const { number, revision, from, to, quantity } = reading;
  const names = [source, tenant, resource, measure, basis, attributesKey(attributes)];
  const counts = [number, revision, microseconds(from), microseconds(to), quantity];
  return ["meter reading 1", ...names, ...counts.map(String)].join("\n");
}

/** What stands for a reading in its batch's tree. */
export const meterLeaf = (meter: Meter, reading: MeterReading, sha256: Sha256): string =>
  leafHash(meterReadingText(meter, reading), sha256);

/** Of one source's readings in a batch: series by series, reading by reading, as they are sent. */
export const meterLeaves = (
  series: readonly MeterSeries[],
  source: SourceId,
  sha256: Sha256,
): string[] =>
  series
    .filter((one) => one.source === source)
    .flatMap((one) => one.readings.map((reading) => meterLeaf(one, reading, sha256)));

/** What is signed of a batch: that these readings, in this order, are this source's. */
export const meterBatchText = ({ signer, source }: MeterSigner, root: string): string =>
  `wadi meter readings 1\n${signer}\n${source}\n${root}\n`;

/** The same of readings as they are. */
export const meterBatchTextOf = (
  by: MeterSigner,
  series: readonly MeterSeries[],
  sha256: Sha256,
): string => meterBatchText(by, merkleRoot(meterLeaves(series, by.source, sha256), sha256));
