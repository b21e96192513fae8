import { leastCardPrice } from "../capacity/index.ts";
import { microYuan, type MicroYuan } from "../units/index.ts";
import type { Eligible, Judgement } from "./refuse.ts";
import type { Scarcity, Shape } from "./snapshot.ts";

/** A pool that a job may run in, and what decides between pools. */
export interface Preferred {
  readonly judged: Eligible;
  /** The total cost, and what its cards would be worth to others meanwhile. */
  readonly rank: MicroYuan;
  /** It costs so much at any time: all but its cards and what is lost of them; micro-yuan. */
  readonly fixed: number;
  /** What it costs besides, for each micro-yuan that one card costs over its run. */
  readonly perCardPrice: number;
  /** All that it costs where that is the same at any time, else null; micro-yuan. */
  readonly steady: number | null;
}

/**
 * The eligible pools, best first: by total cost and scarcity, or by the job's own order of card
 * options before that where it says `first`; then by id.
 */
export function byPreference(
  shape: Shape,
  judged: readonly Judgement[],
  at: { startMs: number; scarcity: Scarcity | null },
): Preferred[] {
  return judged
    .filter((one) => one.kind === "eligible")
    .map((one) => preferredOf(shape, one, at))
    .toSorted(
      (a, b) =>
        inOptions(shape, a, b) ||
        (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0) ||
        (a.judged.pool.id < b.judged.pool.id ? -1 : 1),
    );
}

/** Whether the job's own order of options puts them apart: below 0 where `a` comes first. */
export const inOptions = ({ cards }: Shape, a: Preferred, b: Preferred): number =>
  cards.choose === "first" ? a.judged.rank - b.judged.rank : 0;

function preferredOf(
  shape: Shape,
  judged: Eligible,
  at: { startMs: number; scarcity: Scarcity | null },
): Preferred {
  const rank = rankOf(shape, judged, at);
  const { periods } = judged.pool.prices;
  const isSteady = periods.length === 1 && periods[0]!.flat !== null;
  const { total, compute, loss } = judged.estimate.cost;
  const { count, share } = judged.option;
  const lossPart = compute === 0n ? 0 : Number(loss) / Number(compute);
  const perCardPrice = ((shape.replicas * count * share) / 1000) * (1 + lossPart);
  const fixed = Number(total - compute - loss);
  return { judged, rank, fixed, perCardPrice, steady: isSteady ? Number(total) : null };
}

function rankOf(
  shape: Shape,
  { estimate, option, pool, runTime }: Eligible,
  { startMs, scarcity }: { startMs: number; scarcity: Scarcity | null },
): MicroYuan {
  const cards = shape.replicas * option.count * (option.share / 1000);
  const fromMs = startMs + estimate.startsIn;
  const span = { fromMs, toMs: fromMs + runTime.expected };
  return microYuan(estimate.cost.total + scarcityOf(scarcity, { pool: pool.id, cards, span }));
}

/** What it costs there at least, whenever it starts from then on; micro-yuan. */
export function leastCost(
  { judged, fixed, perCardPrice, steady }: Preferred,
  fromMs: number,
): number {
  if (steady !== null) return steady;
  const { kept, pool, estimate } = judged;
  kept.leastPerCard ??= leastCardPrice(pool.prices, { runMs: estimate.runTime, fromMs });
  return fixed + perCardPrice * kept.leastPerCard;
}

const hourMs = 3_600_000;

/** What cards held for a while are worth to others, beyond their price; rounded to a micro-yuan. */
export function scarcityOf(
  scarcity: Scarcity | null,
  held: { pool: Eligible["pool"]["id"]; cards: number; span: { fromMs: number; toMs: number } },
): MicroYuan {
  const prices = scarcity?.perCardHour.get(held.pool);
  if (!scarcity || !prices) return microYuan(0n);
  const { fromMs, toMs } = held.span;
  const first = Math.max(0, Math.floor((fromMs - scarcity.fromMs) / hourMs));
  let worth = 0;
  for (let hour = first; hour < prices.length; hour += 1) {
    const beginMs = scarcity.fromMs + hour * hourMs;
    if (beginMs >= toMs) break;
    const heldMs = Math.min(toMs, beginMs + hourMs) - Math.max(fromMs, beginMs);
    worth += (prices[hour]! * heldMs) / hourMs;
  }
  return microYuan(Math.round(worth * held.cards));
}
