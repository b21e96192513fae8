import { microseconds, type Sha256 } from "../ledger/index.ts";
import type { Reading } from "../metering/index.ts";
import type { CentreId, RunId } from "../units/index.ts";
import { leafHash, merkleRoot } from "./merkle.ts";

/** A reading of one run, as an agent sends it. */
export interface RunReading extends Reading {
  readonly run: RunId;
}

/**
 * One reading as text, the same for ever: fields of a line each, times in microseconds since 1970.
 * Busy time has a line only where it is there, so that what was signed before it was known stays
 * signed.
 */
export function readingText(reading: RunReading): string {
  const { run, number, revision = 0, from, to, cards, cpuTime, peakMemoryBytes, final } = reading;
  const { busyTime } = reading;
  const times = [from, to].map((at) => `${microseconds(at)}`);
  const counts = [number, revision, ...times, cards, cpuTime, peakMemoryBytes].join("\n");
  const busy = busyTime === undefined ? "" : `\nbusy ${busyTime}`;
  return `reading 1\n${run}\n${counts}\n${final ? "final" : "more"}${busy}`;
}

/** What stands for readings in a batch's tree, in their order. */
export const readingLeaves = (readings: readonly RunReading[], sha256: Sha256): string[] =>
  readings.map((reading) => leafHash(readingText(reading), sha256));

/** What an agent signs of a batch: that these readings, in this order, are its centre's. */
export const batchText = (centre: CentreId, root: string): string =>
  `wadi readings 1\n${centre}\n${root}\n`;

/** The same of readings as they are. */
export const batchTextOf = (
  centre: CentreId,
  readings: readonly RunReading[],
  sha256: Sha256,
): string => batchText(centre, merkleRoot(readingLeaves(readings, sha256), sha256));
