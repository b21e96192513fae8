import { counting, isSameTime, lateMaxDays } from "./meter-reading.ts";
import type { Reading } from "./usage.ts";

/** Why a reading was put aside instead of counted. */
export type OddReason =
  | "ends-before-it-starts"
  | "beyond-bounds"
  | "number-reused"
  | "overlaps-another"
  | "too-late"
  /** No longer given: readings after the charge correct it now. Older rows have it. */
  | "after-the-charge"
  | "unknown-run";

/**
 * What a new reading is among those known of its run: to be kept, one that came before (sent
 * again, it changes nothing), or odd.
 *
 * @param known  of the same run: at least those with the nearest numbers on both sides and the one
 *   with the same number
 */
export function judgeReading(
  reading: Reading,
  known: readonly Reading[],
): { readonly kind: "new" | "repeat" } | { readonly kind: "odd"; readonly why: OddReason } {
  if (Temporal.Instant.compare(reading.to, reading.from) < 0) {
    return odd("ends-before-it-starts");
  }
  if (!isWithinBounds(reading)) return odd("beyond-bounds");
  const same = known.find((one) => one.number === reading.number && isSameRevision(one, reading));
  if (same) return isSame(same, reading) ? { kind: "repeat" } : odd("number-reused");
  const isNewest = known.every(
    ({ number, revision = 0 }) => number !== reading.number || revision < (reading.revision ?? 0),
  );
  if (!isNewest) return { kind: "new" }; // kept, and counts for nothing: it was corrected already
  const others = counting(known).filter(({ number }) => number !== reading.number);
  return others.some((other) => overlap(other, reading))
    ? odd("overlaps-another")
    : { kind: "new" };
}

/** Whether a reading comes later than any is taken: `lateMaxDays` after its end. */
export const isTooLate = ({ to }: Pick<Reading, "to">, receivedAt: Temporal.Instant): boolean =>
  receivedAt.epochMilliseconds - to.epochMilliseconds > lateMaxDays * 24 * 3_600_000;

const isSameRevision = (a: Reading, b: Reading) => (a.revision ?? 0) === (b.revision ?? 0);

const odd = (why: OddReason) => ({ kind: "odd", why }) as const;

/** What no centre has ever held, and what no table could keep. */
const cardsMax = 10_000_000;
const bytesMax = 2n ** 62n;
const timeMax = Temporal.Instant.from("9999-01-01T00:00:00Z");

const isWithinBounds = ({ from, to, cards, peakMemoryBytes }: Reading) =>
  cards <= cardsMax &&
  peakMemoryBytes <= bytesMax &&
  from.epochNanoseconds >= 0n &&
  Temporal.Instant.compare(to, timeMax) < 0;

/** Readings follow one another in time as their numbers do. */
function overlap(other: Reading, reading: Reading): boolean {
  const [first, second] = other.number < reading.number ? [other, reading] : [reading, other];
  return Temporal.Instant.compare(first.to, second.from) > 0;
}

function isSame(a: Reading, b: Reading): boolean {
  return (
    isSameTime(a.from, b.from) &&
    isSameTime(a.to, b.to) &&
    a.cards === b.cards &&
    a.cpuTime === b.cpuTime &&
    a.peakMemoryBytes === b.peakMemoryBytes &&
    a.busyTime === b.busyTime &&
    a.final === b.final
  );
}
