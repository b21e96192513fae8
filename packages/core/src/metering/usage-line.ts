import { cardModel, peakTflops, type CardsHeld } from "../capacity/index.ts";
import { cardSeconds, divide, workOf, type CardModelId } from "../units/index.ts";
import type { Attributes, Basis, Measure } from "./measure.ts";
import { counting, type Meter, type MeterReading } from "./meter-reading.ts";

/** An amount used over a time: what price lists are applied to. */
export interface UsageLine {
  /** What it was read from, unique: `run/<id>/3`, `meter/<id>/17`. */
  readonly ref: string;
  /** What is one use for grains such as a begun hour: the run, the endpoint. */
  readonly use: string;
  readonly measure: Measure;
  readonly basis: Basis;
  readonly attributes: Attributes;
  readonly from: Temporal.Instant;
  /** Not before `from`. */
  readonly to: Temporal.Instant;
  /** Whole steps of the measure's unit; not negative. */
  readonly quantity: bigint;
  /** How many things were held side by side: 8 cards. 1 where it is not about such. */
  readonly width: number;
}

/**
 * A run's usage as lines: card-seconds by model, and nameplate work where the card's nameplate is
 * known. One line of each for every span; together they are the run's whole card-seconds.
 *
 * @param spans  as `usageOf` gives them: whole seconds, number of cards by number of cards
 * @param cardShare  of each card, in thousandths; the run's sum is rounded up
 */
export function usageLinesOfRun(of: {
  run: string;
  model: CardModelId;
  spans: readonly CardsHeld[];
  cardShare?: number;
  attributes?: Attributes;
}): UsageLine[] {
  const { run, model, spans, cardShare = 1000 } = of;
  const known = cardModel(model);
  const peak = known && peakTflops(known);
  const seconds = wholeSeconds(spans);
  let thousandths = 0n;
  return spans.flatMap(({ start, end, cards }, i): UsageLine[] => {
    const before = divide(thousandths, 1000n, "up");
    thousandths += BigInt(cards) * seconds[i]! * BigInt(cardShare);
    const held = cardSeconds(divide(thousandths, 1000n, "up") - before);
    const line: UsageLine = {
      ref: `run/${run}/${i + 1}`,
      use: `run/${run}`,
      measure: "card-seconds",
      basis: "allocated",
      attributes: { ...of.attributes, model },
      ...{ from: start, to: end, quantity: held, width: cards },
    };
    if (peak?.kind !== "known") return [line];
    return [line, { ...line, measure: "work", quantity: workOf(held, peak.peak) }];
  });
}

/** The readings of one meter that count, as lines. */
export function usageLinesOfMeter(
  id: string,
  { resource, measure, basis, attributes }: Omit<Meter, "source" | "tenant">,
  readings: readonly MeterReading[],
): UsageLine[] {
  return counting(readings).map(({ number, from, to, quantity }) => ({
    ref: `meter/${id}/${number}`,
    use: resource,
    ...{ measure, basis, attributes, from, to, quantity },
    width: 1,
  }));
}

/**
 * How many seconds each span counts. All of one number of cards together are whole seconds; a span
 * that ends between two gives its fraction on to the next.
 */
function wholeSeconds(spans: readonly CardsHeld[]): bigint[] {
  const soFar = new Map<number, bigint>();
  return spans.map(({ start, end, cards }) => {
    const before = soFar.get(cards) ?? 0n;
    const after = before + end.epochNanoseconds - start.epochNanoseconds;
    soFar.set(cards, after);
    return after / secondNs - before / secondNs;
  });
}

const secondNs = 1_000_000_000n;
