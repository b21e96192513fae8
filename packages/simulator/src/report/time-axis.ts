import type { Sample, SimResult } from "../result.ts";
import type { Measured } from "./measured.ts";
import { axisStyle } from "./svg.ts";

/** At most so many points make a line. */
const pointsMost = 400;

/**
 * Turns samples into points of a line, in the time of a place; what lies more than a quarter of the
 * span after the last submission is left out, for one late job would squeeze all the rest.
 */
export function timePoints(
  { result }: Measured,
  {
    timeZone,
    value,
  }: { timeZone: string; value: (sample: Sample, result: SimResult) => number | null },
): [localMs: number, value: number | null][] {
  const endMs = lastShownMs(result);
  const seen = result.samples.filter(({ atMs }) => atMs <= endMs);
  const step = Math.max(1, Math.ceil(seen.length / pointsMost));
  const local = localClock(timeZone);
  return seen
    .filter((_, at) => at % step === 0)
    .map((sample) => [local(sample.atMs), rounded(value(sample, result))]);
}

function lastShownMs({ jobs }: SimResult): number {
  const first = jobs[0]?.submittedMs ?? 0;
  const last = jobs.at(-1)?.submittedMs ?? 0;
  return last === first ? Infinity : last + (last - first) / 4;
}

const rounded = (value: number | null) =>
  value === null ? null : Number.parseFloat(value.toPrecision(5));

/**
 * ECharts knows UTC and the machine's own zone only: instants are moved so that UTC reads right.
 */
function localClock(timeZone: string): (atMs: number) => number {
  return (atMs) => {
    const at = Temporal.Instant.fromEpochMilliseconds(Math.round(atMs));
    return atMs + at.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
  };
}

export const timeAxis = {
  ...axisStyle,
  type: "time",
  splitNumber: 4,
  splitLine: { show: false },
  axisLabel: {
    ...axisStyle.axisLabel,
    formatter: {
      year: "{MM}-{dd}",
      month: "{MM}-{dd}",
      day: "{MM}-{dd}",
      hour: "{HH}:{mm}",
      minute: "{HH}:{mm}",
      second: "{HH}:{mm}",
    },
  },
};
