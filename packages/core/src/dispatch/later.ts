import { priceAt, type PriceSchedule } from "../capacity/index.ts";
import { microYuan, type MicroYuan } from "../units/index.ts";
import { estimate, type Cost } from "./cost.ts";
import type { Policy } from "./policy.ts";
import { scarcityOf, type Preferred } from "./preference.ts";
import type { JudgeFacts } from "./refuse.ts";
import type { Scarcity, Shape } from "./snapshot.ts";

/** A start at a later, cheaper hour. */
export interface LaterStart {
  readonly pool: Preferred["judged"]["pool"];
  readonly judged: Preferred["judged"];
  readonly startMs: number;
  readonly cost: Cost;
  /** As `Preferred.rank`: with what its cards are worth to others. */
  readonly rank: MicroYuan;
}

const hourMs = 3_600_000;

/**
 * The later starts that would cost less in total than the best at once, waiting counted, cheapest
 * first: at hours at which a price falls, within the policy's bound and the job's deadline.
 */
export function laterStarts(
  shape: Shape,
  preferred: readonly Preferred[],
  facts: Omit<JudgeFacts, "policy"> & { policy: Policy; scarcity: Scarcity | null },
): LaterStart[] {
  const [best] = preferred;
  const withinMs = facts.policy.cheaperHourWithin;
  if (!best || withinMs === 0 || shape.cards.choose === "first") return [];
  return preferred
    .flatMap(({ judged }) =>
      fallsOf(judged.pool.prices, { fromMs: facts.startMs, withinMs }).flatMap((startMs) => {
        if (judged.latestStartMs !== null && startMs > judged.latestStartMs) return [];
        const found = startAt(shape, { judged, startMs }, facts);
        return found && found.rank < best.rank ? [found] : [];
      }),
    )
    .toSorted(
      (a, b) =>
        (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0) ||
        a.startMs - b.startMs ||
        (a.pool.id < b.pool.id ? -1 : 1),
    );
}

/** A start in one pool at a given time, its waiting counted; undefined where nothing is priced. */
export function startAt(
  shape: Shape,
  { judged, startMs }: { judged: Preferred["judged"]; startMs: number },
  facts: Omit<JudgeFacts, "policy"> & { policy: Policy; scarcity: Scarcity | null },
): LaterStart | undefined {
  const { pool, option, runTime, shortest } = judged;
  const waitedMs = Math.max(0, startMs - facts.startMs);
  const start = { pool, option, startMs, waitedMs, runTime: runTime.expected, shortest };
  const estimated = estimate(shape, start, facts);
  if (estimated.kind === "refused") return undefined;
  const { cost, startsIn } = estimated;
  const cards = shape.replicas * option.count * (option.share / 1000);
  const fromMs = startMs + startsIn;
  const span = { fromMs, toMs: fromMs + runTime.expected };
  const worth = scarcityOf(facts.scarcity, { pool: pool.id, cards, span });
  return { pool, judged, startMs, cost, rank: microYuan(cost.total + worth) };
}

/** The hours at which the price is lower than in the hour before, in time order. */
export function fallsOf(
  prices: PriceSchedule,
  { fromMs, withinMs }: { fromMs: number; withinMs: number },
): readonly number[] {
  if (prices.periods.length === 1 && prices.periods[0]!.flat !== null) return none;
  const firstMs = Math.floor(fromMs / hourMs) * hourMs;
  const known = worked.get(prices);
  if (known?.firstMs === firstMs && known.withinMs === withinMs) return known.falls;
  const falls: number[] = [];
  let before = priceOf(prices, firstMs);
  for (let atMs = firstMs + hourMs; atMs <= firstMs + hourMs + withinMs; atMs += hourMs) {
    const price = priceOf(prices, atMs);
    if (price !== undefined && before !== undefined && price < before) falls.push(atMs);
    before = price;
  }
  worked.set(prices, { firstMs, withinMs, falls });
  return falls;
}

const none: readonly number[] = [];

interface Falls {
  readonly firstMs: number;
  readonly withinMs: number;
  readonly falls: readonly number[];
}

/** Schedules are values: what was last worked out for one is kept beside it. */
const worked = new WeakMap<PriceSchedule, Falls>();

function priceOf(prices: PriceSchedule, atMs: number): bigint | undefined {
  const found = priceAt(prices, Temporal.Instant.fromEpochMilliseconds(atMs));
  return found.kind === "price" ? found.perCardHour : undefined;
}
