import type { CardModelId } from "../../units/index.ts";
import { cardsOf, waitingWorth } from "../cost.ts";
import { judgedOf } from "../judged.ts";
import { fallsOf, startAt } from "../later.ts";
import type { Preferred } from "../preference.ts";
import type { PoolState, RegionState, WaitingShape } from "../state.ts";
import type { CardLine } from "./card-line.ts";

export interface BestStart {
  readonly preferred: Preferred;
  readonly pool: PoolState;
  readonly cards: number;
  readonly startMs: number;
  /** Its rank there and what the waiting costs until then; micro-yuan. */
  readonly worth: number;
}

/** Where lines say when cards become free. */
export type LineOf = (pool: PoolState) => CardLine;

interface At {
  readonly state: RegionState;
  readonly nowMs: number;
  readonly lineOf: LineOf;
}

const hourMs = 3_600_000;

/**
 * Where and when one job of the shape costs least, its waiting until then counted; of equals the
 * earlier: as soon as a pool's cards are free, or at a cheaper hour after that. Prices are taken by
 * the hour.
 * @param bounds  `below`: only what costs less is of interest
 */
export function bestStart(
  at: At,
  entry: WaitingShape,
  bounds: { readonly barred?: ReadonlySet<CardModelId>; readonly below?: number } = {},
): BestStart | undefined {
  const { state, nowMs, lineOf } = at;
  const { shape } = entry;
  const perHour = Number(waitingWorth(shape, state.policy));
  const withinMs = state.policy.cheaperHourWithin;
  let best: BestStart | undefined;
  for (const preferred of judgedOf(state, entry, nowMs).preferred) {
    const { judged } = preferred;
    if (bounds.barred?.has(judged.pool.model.id)) continue;
    const pool = state.pools.get(judged.pool.id)!;
    const cards = cardsOf(shape, judged.option);
    const freeMs = lineOf(pool).freeAt(cards);
    if (freeMs === undefined) continue;
    const falls = fallsOf(judged.pool.prices, { fromMs: nowMs, withinMs });
    for (const startMs of [freeMs, ...falls]) {
      if (startMs < freeMs) continue;
      if (judged.latestStartMs !== null && startMs > judged.latestStartMs) continue;
      const waited = ((startMs - nowMs) / hourMs) * perHour;
      const most = best?.worth ?? bounds.below ?? Infinity;
      if (waited + preferred.least >= most) break;
      const worth = rankAt(at, entry, { preferred, startMs }) + waited;
      if (worth < most) best = { preferred, pool, cards, startMs, worth };
    }
  }
  return best;
}

/** What a start would cost in an hour, waiting left out; kept, since many ask for the same. */
function rankAt(
  { state, nowMs }: At,
  { shape }: WaitingShape,
  { preferred, startMs }: { preferred: Preferred; startMs: number },
): number {
  const { judged, rank, byHour } = preferred;
  if (preferred.isSteady) return Number(rank);
  const hour = Math.floor(startMs / hourMs);
  const known = byHour.get(hour);
  if (known !== undefined) return known;
  const atMs = Math.max(nowMs, hour * hourMs);
  const facts = { ...state, startMs: atMs, pools: [], fitsEmpty: () => 0 };
  const found = startAt(shape, { judged, startMs: atMs }, facts);
  const worth = found ? Number(found.rank) : Infinity;
  byHour.set(hour, worth);
  return worth;
}

/** The job is taken to run there from then on: others see its cards as held. */
export function holdStart({ preferred, pool, cards, startMs }: BestStart, lineOf: LineOf): void {
  const { startsIn, runTime } = preferred.judged.estimate;
  lineOf(pool).hold(cards, { fromMs: startMs, untilMs: startMs + startsIn + runTime });
}
