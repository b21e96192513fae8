import type { CardModelId, MilliCores, Mebibytes } from "../../units/index.ts";
import type { FairnessPolicy } from "../policy.ts";
import { milli } from "./bound.ts";
import type { CardClasses } from "./card-classes.ts";
import type { Sharer } from "./tree.ts";

/** All there is in the region, used or not. */
export interface Totals {
  readonly cards: ReadonlyMap<CardModelId, number>;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
}

/** Resources are numbered: processors, memory, then each card class in thousandths of a card. */
export const cpuNumber = 0;
export const memoryNumber = 1;
export const cardsNumber = (cardClass: number) => 2 + cardClass;

/** What shares are shares of. */
export interface Whole {
  /** By resource. */
  readonly totals: readonly number[];
  /**
   * What past use is a share of: the decayed card-seconds of one who has always held every card,
   * which is their number × half-life ÷ ln 2. So a past share stands in the unit of a present one:
   * who has always held a tenth has a past share of a tenth.
   */
  readonly pastCardSeconds: number;
  readonly pastWeight: number;
}

export function wholeOf(
  { cards, cpu, memory }: Totals,
  { policy, classes }: { policy: FairnessPolicy; classes: CardClasses },
): Whole {
  const totals = [cpu, memory] as number[];
  let allCards = 0;
  for (const [model, count] of cards) {
    const number = cardsNumber(classes.of(model));
    totals[number] = (totals[number] ?? 0) + count * milli;
    allCards += count;
  }
  const pastCardSeconds = (allCards * policy.halfLife) / 1000 / Math.LN2;
  return { totals, pastCardSeconds, pastWeight: policy.pastWeight };
}

/**
 * The dominant share of one of the tree, with its past, for its weight: in million-millionths,
 * whole, so that two that are equal on paper are equal here whatever they were divided by. A
 * resource of which the region has nothing does not count.
 *
 * It is worked out anew from whole numbers each time and never carried on: floats that are added
 * and taken away again need not come back to what they were, these do.
 */
export function weightedShare({ used, past, weight }: Sharer, whole: Whole): number {
  let share = 0;
  for (let number = 0; number < used.length; number++) {
    const total = whole.totals[number] ?? 0;
    if (total > 0) share = Math.max(share, (used[number] ?? 0) / total);
  }
  if (whole.pastCardSeconds > 0) share += (whole.pastWeight * past) / whole.pastCardSeconds;
  return Math.round((share / weight) * 1e12);
}
