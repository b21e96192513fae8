import { bytes, durationOf, type Bytes, type Duration } from "@wadi/core/units";

/** How far a run has been metered. Time is counted from its start, by a clock that nobody sets. */
export interface Meter {
  /** Unix time; null until the run was seen to have begun. */
  readonly startedAtMs: number | null;
  readonly readings: number;
  /** Up to where the readings so far reach. */
  readonly coveredMs: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
  /** Absent where the last reading could not say it. */
  readonly busyMs?: number;
  /** The final reading has been made. */
  readonly isClosed: boolean;
}

export interface Usage {
  readonly heldMs: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
  readonly busyMs?: number;
}

/** Cards held from one moment to another. */
export interface Reading {
  readonly number: number;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly cpuTime: Duration;
  readonly peakMemoryBytes: Bytes;
  readonly busyTime?: Duration;
  readonly final: boolean;
}

export const newMeter: Meter = {
  startedAtMs: null,
  readings: 0,
  coveredMs: 0,
  cpuMs: 0,
  peakMemoryBytes: 0,
  isClosed: false,
};

/** The first start that is seen counts: later readings must follow on it without a gap. */
export const startMeter = (meter: Meter, startedAtMs: number | null): Meter =>
  meter.startedAtMs === null ? { ...meter, startedAtMs } : meter;

/** Whether so much has been held since the last reading that another is due. */
export const isDue = (meter: Meter, { heldMs }: Usage, everyMs: number): boolean =>
  !meter.isClosed && meter.startedAtMs !== null && heldMs - meter.coveredMs >= everyMs;

/**
 * The next reading, from where the last one ended; the final one may be of no length. Nothing ever
 * shrinks: a usage below what was read before adds nothing.
 * @returns undefined where nothing was held, or after the final reading
 */
export function nextReading(
  meter: Meter,
  usage: Usage,
  { isFinal }: { isFinal: boolean },
): { meter: Meter; reading: Reading } | undefined {
  const { startedAtMs, coveredMs } = meter;
  if (meter.isClosed || startedAtMs === null) return undefined;
  const busyMs =
    usage.busyMs === undefined ? undefined : Math.max(meter.busyMs ?? 0, Math.round(usage.busyMs));
  const next: Meter = {
    startedAtMs,
    readings: meter.readings + 1,
    coveredMs: Math.max(coveredMs, Math.round(usage.heldMs)),
    cpuMs: Math.max(meter.cpuMs, Math.round(usage.cpuMs)),
    peakMemoryBytes: Math.max(meter.peakMemoryBytes, Math.round(usage.peakMemoryBytes)),
    ...(busyMs !== undefined && { busyMs }),
    isClosed: isFinal,
  };
  const instantAt = (ms: number) => Temporal.Instant.fromEpochMilliseconds(startedAtMs + ms);
  const reading: Reading = {
    number: next.readings,
    from: instantAt(coveredMs),
    to: instantAt(next.coveredMs),
    cpuTime: durationOf(next.cpuMs),
    peakMemoryBytes: bytes(next.peakMemoryBytes),
    ...(busyMs !== undefined && { busyTime: durationOf(busyMs) }),
    final: isFinal,
  };
  return { meter: next, reading };
}
