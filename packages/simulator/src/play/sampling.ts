import type { PoolNow, Shape } from "@wadi/core/dispatch";
import type { CentreId } from "@wadi/core/units";
import type { Sample, SimResult } from "../result.ts";

/** What is counted as it changes, so that a sample costs nothing to take. */
export interface Tally {
  readonly centres: SimResult["centres"];
  readonly samples: Sample[];
  queued(shape: Shape, sign: 1 | -1): void;
  used(held: { pool: PoolNow; cards: number }, sign: 1 | -1): void;
  /** Jobs that wait for cards. */
  readonly waiting: () => number;
  take(atMs: number, gap: number | null): void;
}

export function tallyOf(pools: readonly PoolNow[]): Tally {
  const centres = centresOf(pools);
  const places = new Map(centres.map(({ id }, i) => [id, i]));
  // Thousandths of a card, so that shares add up exactly.
  const usedMilli = centres.map(() => 0);
  const samples: Sample[] = [];
  let queuedJobs = 0;
  let queuedCards = 0;
  return {
    centres,
    samples,
    queued(shape, sign) {
      queuedJobs += sign;
      queuedCards += sign * cardsAsked(shape);
    },
    used({ pool, cards }, sign) {
      const at = places.get(pool.centre)!;
      usedMilli[at] = usedMilli[at]! + sign * Math.round(cards * 1000);
    },
    waiting: () => queuedJobs,
    take(atMs, gap) {
      const usedCards = usedMilli.map((milli) => milli / 1000);
      samples.push({ atMs, queuedJobs, queuedCards, usedCards, gap });
    },
  };
}

/** The fewest cards that a job can start with; a part of a card counts as one. */
export const cardsAsked = ({ replicas, cards }: Shape) =>
  replicas * Math.min(...cards.options.map(({ count }) => count));

/** By id. */
function centresOf(pools: readonly PoolNow[]): { id: CentreId; cards: number }[] {
  const cards = new Map<CentreId, number>();
  for (const { centre, hosts } of pools) {
    const own = hosts.reduce((sum, host) => sum + host.cards, 0);
    cards.set(centre, (cards.get(centre) ?? 0) + own);
  }
  return [...cards]
    .map(([id, count]) => ({ id, cards: count }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
