import { cardPriceOver } from "../capacity/index.ts";
import { microYuan, type MicroYuan } from "../units/index.ts";
import type { RunNow } from "./snapshot.ts";
import type { PoolState } from "./state.ts";

/** Whole cards and parts of cards together. */
export const cardsHeld = ({ need, shape }: Pick<RunNow, "need" | "shape">) =>
  (need.cards * shape.replicas * need.share) / 1000;

/** What a run that is stopped now has to do again, in milliseconds. */
export const lostMs = ({ checkpointedMs, sinceMs }: RunNow, nowMs: number) =>
  Math.max(0, nowMs - (checkpointedMs ?? sinceMs));

/** What cards of a pool cost for a while; 0 where that has no price. */
export function costOfCards(
  { now }: PoolState,
  { cards, fromMs, toMs }: { cards: number; fromMs: number; toMs: number },
): MicroYuan {
  const perCard = cardPriceOver(now.prices, { fromMs, toMs }) ?? 0;
  return microYuan(Math.round(perCard * cards));
}

/** The work that a run would lose, at its own price. */
export const lossOf = (pool: PoolState, run: RunNow, nowMs: number): MicroYuan =>
  costOfCards(pool, {
    cards: cardsHeld(run),
    fromMs: nowMs - lostMs(run, nowMs),
    toMs: nowMs,
  });
