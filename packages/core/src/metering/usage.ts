import type { CardsHeld } from "../capacity/index.ts";
import {
  bytes,
  cardSeconds,
  divide,
  durationOf,
  greatest,
  total,
  type Bytes,
  type CardSeconds,
  type Duration,
} from "../units/index.ts";
import { counting } from "./meter-reading.ts";

/** Cards that a run held from `from` up to `to`, as its centre read it off. */
export interface Reading {
  /** 1, 2, 3 … within the run. */
  readonly number: number;
  /** Above 0: it takes the place of the reading of this number with the revision before. */
  readonly revision?: number | undefined;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly cards: number;
  /** Since the run began. */
  readonly cpuTime: Duration;
  /** Since the run began. */
  readonly peakMemoryBytes: Bytes;
  /**
   * Card time in which the cards worked, since the run began: two cards that worked for an hour are
   * two hours. Absent where the centre cannot say it of all the time since then.
   */
  readonly busyTime?: Duration | undefined;
  readonly final: boolean;
}

/** What one run used, all its readings together. */
export interface Usage {
  readonly cardSeconds: CardSeconds;
  /** How long cards were held, gaps left out; to the millisecond, rounded up. */
  readonly held: Duration;
  readonly cpuTime: Duration;
  readonly peakMemoryBytes: Bytes;
  /** When cards were held, in time order, and made whole seconds: what prices are applied to. */
  readonly spans: readonly CardsHeld[];
  /** Between readings: nobody knows of these times, so nobody pays for them. */
  readonly gaps: readonly Gap[];
}

export interface Gap {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/**
 * The usage of a run: the union of its readings, so that a moment counts once however often it was
 * read, in whatever order readings come. The seconds are rounded up once for the run (for each
 * number of cards, should that ever change): its last span ends so much later. What was corrected
 * counts as corrected.
 */
export function usageOf(given: readonly Reading[]): Usage {
  const readings = counting(given);
  const parts = union(readings);
  const totals = new Map<number, bigint>();
  for (const { start, end, cards } of parts) {
    totals.set(cards, (totals.get(cards) ?? 0n) + nanoseconds(start, end));
  }
  return {
    cardSeconds: total([...totals].map(([cards, ns]) => cardSeconds(BigInt(cards) * seconds(ns)))),
    held: durationOf(Number(divide(sum(totals.values()), 1_000_000n, "up"))),
    cpuTime: durationOf(readings.reduce((most, one) => Math.max(most, one.cpuTime), 0)),
    peakMemoryBytes: readings.reduce((most, one) => greatest(most, one.peakMemoryBytes), bytes(0)),
    spans: inWholeSeconds(parts, totals),
    gaps: parts.slice(1).flatMap(({ start }, i) => {
      const from = parts[i]!.end;
      return nanoseconds(from, start) > 0n ? [{ from, to: start }] : [];
    }),
  };
}

/** In time order, nothing twice; what follows on without a gap or a change of cards is one span. */
function union(readings: readonly Reading[]): CardsHeld[] {
  const spans: CardsHeld[] = [];
  for (const { from, to, cards } of readings.toSorted(byTime)) {
    const last = spans.at(-1);
    const start = last && nanoseconds(last.end, from) < 0n ? last.end : from;
    if (nanoseconds(start, to) <= 0n) continue;
    if (last && last.cards === cards && last.end.equals(start)) {
      spans[spans.length - 1] = { ...last, end: to };
    } else {
      spans.push({ start, end: to, cards });
    }
  }
  return spans;
}

/** The last span with each number of cards ends later, so that their time is whole seconds. */
function inWholeSeconds(
  spans: readonly CardsHeld[],
  totals: ReadonlyMap<number, bigint>,
): CardsHeld[] {
  const whole = [...spans];
  for (const [cards, ns] of totals) {
    const last = whole.findLastIndex((span) => span.cards === cards);
    const { start, end } = whole[last]!;
    const later = end.epochNanoseconds + seconds(ns) * secondNs - ns;
    whole[last] = { start, end: Temporal.Instant.fromEpochNanoseconds(later), cards };
  }
  return whole;
}

const secondNs = 1_000_000_000n;
/** Begun seconds. */
const seconds = (ns: bigint) => divide(ns, secondNs, "up");
const nanoseconds = (from: Temporal.Instant, to: Temporal.Instant) =>
  to.epochNanoseconds - from.epochNanoseconds;
const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);

function byTime(a: Reading, b: Reading): number {
  return Temporal.Instant.compare(a.from, b.from) || Temporal.Instant.compare(a.to, b.to);
}
