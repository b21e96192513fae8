import { counting } from "./meter-reading.ts";
import { usageOf, type Gap, type Reading } from "./usage.ts";

/** What is missing of a run's readings. All empty, and `isEnded`: nothing is. */
export interface ReadingGaps {
  /** Times that no reading covers, though the run is known to have held cards. */
  readonly times: readonly (Gap & { readonly where: "start" | "between" | "end" })[];
  /** Ranges of numbers that never came, both ends included. */
  readonly numbers: readonly { readonly from: number; readonly to: number }[];
  /** Whether the last reading has come. */
  readonly isEnded: boolean;
}

/**
 * Finds what is missing. Nobody pays for a gap; whoever runs the centre is asked about it.
 *
 * @param held  when the run held its cards as far as the hub knows; null where it is not known yet
 */
export function gapsOf(
  readings: readonly Reading[],
  held: { readonly from: Temporal.Instant | null; readonly to: Temporal.Instant | null },
): ReadingGaps {
  const { spans, gaps } = usageOf(readings);
  const counted = counting(readings).toSorted((a, b) => a.number - b.number);
  const last = counted.reduce<Temporal.Instant | null>(
    (end, { to }) => (end === null || Temporal.Instant.compare(end, to) < 0 ? to : end),
    null,
  );
  const first = spans[0]?.start ?? held.to;
  return {
    times: [
      ...timeBetween(held.from, first).map((gap) => ({ ...gap, where: "start" as const })),
      ...gaps.map((gap) => ({ ...gap, where: "between" as const })),
      ...timeBetween(last, held.to).map((gap) => ({ ...gap, where: "end" as const })),
    ],
    numbers: missingNumbers(counted.map(({ number }) => number)),
    isEnded: counted.some(({ final }) => final),
  };
}

/** Ranges that are not among numbers that start at 1 and come in ascending order. */
export function missingNumbers(numbers: readonly number[]): { from: number; to: number }[] {
  let next = 1;
  const missing: { from: number; to: number }[] = [];
  for (const number of numbers) {
    if (number > next) missing.push({ from: next, to: number - 1 });
    next = number + 1;
  }
  return missing;
}

function timeBetween(from: Temporal.Instant | null, to: Temporal.Instant | null): Gap[] {
  if (!from || !to || Temporal.Instant.compare(from, to) >= 0) return [];
  return [{ from, to }];
}
