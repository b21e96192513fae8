import type { CardModelId } from "../../units/index.ts";
import { cardsOf, waitingWorth } from "../cost.ts";
import { judgedOf } from "../judged.ts";
import { cheapTimes, startFor } from "../later.ts";
import { leastCost, scarcityOf, type Preferred } from "../preference.ts";
import type { Scarcity, Shape } from "../snapshot.ts";
import type { PoolState, RegionState, WaitingShape } from "../state.ts";
import type { CardLine } from "./card-line.ts";
import { cardPriceFrom } from "./card-price.ts";

export interface BestStart {
  readonly preferred: Preferred;
  readonly pool: PoolState;
  readonly cards: number;
  readonly startMs: number;
  /** What it costs there and what the waiting costs until then; micro-yuan. */
  readonly worth: number;
}

/** Where lines say when cards become free. */
export type LineOf = (pool: PoolState) => CardLine;

interface At {
  readonly state: RegionState;
  readonly nowMs: number;
  readonly lineOf: LineOf;
}

export interface StartBounds {
  /** It waits for a cheaper hour or pool no longer than until then. */
  readonly untilMs: number;
  readonly barred?: ReadonlySet<CardModelId>;
  /** Only what costs less is of interest. */
  readonly below?: number;
  /** What cards are worth to others who are not in the lines; micro-yuan a card-hour. */
  readonly scarcity?: Scarcity | null;
}

const hourMs = 3_600_000;

/**
 * Where and when one job of the shape starts: where it costs least, as long as it waits for that;
 * else as soon as it can.
 */
export const bestStart = (
  at: At,
  entry: WaitingShape,
  { untilMs }: Pick<StartBounds, "untilMs">,
): BestStart | undefined =>
  (untilMs > at.nowMs ? cheapestStart(at, entry, { untilMs }) : undefined) ??
  soonestStart(at, entry);

/**
 * Where and when one job of the shape costs least, its waiting until then counted; of equals the
 * earlier: as soon as a pool's cards are free, or in a time of lower prices after that.
 */
export function cheapestStart(
  at: At,
  entry: WaitingShape,
  { untilMs, barred, below = Infinity, scarcity = null }: StartBounds,
): BestStart | undefined {
  const { nowMs } = at;
  let best: BestStart | undefined;
  let least = below;
  for (const preferred of judgedOf(at.state, entry, nowMs).preferred) {
    const { judged, steady } = preferred;
    if (leastCost(preferred, nowMs) >= least || barred?.has(judged.pool.model.id)) continue;
    const ask = askOf(at, entry.shape, { preferred, scarcity });
    const first = startFrom(ask, { fromMs: nowMs, untilMs, least });
    if (first === undefined) continue;
    if (first.worth < least) least = (best = first).worth;
    if (steady !== null) continue;
    for (const time of cheapTimes(ask.pool.now.prices, nowMs)) {
      if (time.fromMs > untilMs) break;
      const fromMs = startFor(time, judged.estimate);
      const later = fromMs > nowMs ? startFrom(ask, { fromMs, untilMs, least }) : undefined;
      if (later && later.worth < least) least = (best = later).worth;
    }
  }
  return best;
}

/** Where one job of the shape starts first; of equals where it costs least. */
function soonestStart(at: At, entry: WaitingShape): BestStart | undefined {
  const { nowMs } = at;
  let best: BestStart | undefined;
  for (const preferred of judgedOf(at.state, entry, nowMs).preferred) {
    const ask = askOf(at, entry.shape, { preferred, scarcity: null });
    const untilMs = best?.startMs ?? Infinity;
    const first = startFrom(ask, { fromMs: nowMs, untilMs, least: Infinity });
    if (!first || first.worth === Infinity) continue;
    if (!best || first.startMs < best.startMs || first.worth < best.worth) best = first;
  }
  return best;
}

function askOf(
  { state, nowMs, lineOf }: At,
  shape: Shape,
  { preferred, scarcity }: Pick<Ask, "preferred" | "scarcity">,
): Ask {
  const { judged } = preferred;
  const pool = state.pools.get(judged.pool.id)!;
  const cards = cardsOf(shape, judged.option);
  const perMs = Number(waitingWorth(shape, state.policy)) / hourMs;
  return { nowMs, perMs, scarcity, preferred, pool, cards, line: lineOf(pool) };
}

interface Ask extends Pick<BestStart, "preferred" | "pool" | "cards"> {
  readonly nowMs: number;
  /** What a millisecond of waiting is worth; micro-yuan. */
  readonly perMs: number;
  readonly scarcity: Scarcity | null;
  readonly line: CardLine;
}

/**
 * The first start in the pool from a time on; its worth is infinite where it cannot be below
 * `least`. Undefined where the pool has not so many cards until then.
 */
function startFrom(
  { nowMs, perMs, scarcity, preferred, pool, cards, line }: Ask,
  { fromMs, untilMs, least }: { fromMs: number; untilMs: number; least: number },
): BestStart | undefined {
  const { judged, fixed, steady, perCardPrice } = preferred;
  const { startsIn, runTime } = judged.estimate;
  const startMs = line.startFrom(cards, { fromMs, lengthMs: startsIn + runTime });
  if (startMs === undefined || startMs > untilMs) return undefined;
  const isLate = judged.latestStartMs !== null && startMs > judged.latestStartMs;
  let worth = (steady ?? fixed) + (startMs - nowMs) * perMs;
  if (isLate || worth >= least) worth = Infinity;
  else if (steady === null || scarcity !== null) {
    const beginMs = startMs + startsIn;
    const span = { fromMs: beginMs, toMs: beginMs + runTime };
    if (steady === null) worth += perCardPrice * cardPriceFrom(pool.now.prices, span);
    if (scarcity) worth += Number(scarcityOf(scarcity, { pool: pool.now.id, cards, span }));
  }
  return { preferred, pool, cards, startMs, worth };
}

/** The job is taken to run there from then on: others see its cards as held. */
export function holdStart({ preferred, pool, cards, startMs }: BestStart, lineOf: LineOf): void {
  const { startsIn, runTime } = preferred.judged.estimate;
  lineOf(pool).hold(cards, { fromMs: startMs, untilMs: startMs + startsIn + runTime });
}
