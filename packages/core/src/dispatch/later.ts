import { priceAt, type PriceSchedule } from "../capacity/index.ts";
import { microYuan, type MicroYuan } from "../units/index.ts";
import { estimate, waitingWorth, type Cost } from "./cost.ts";
import type { Policy } from "./policy.ts";
import { leastCost, scarcityOf, type Preferred } from "./preference.ts";
import type { JudgeFacts } from "./refuse.ts";
import type { QueuedJob, Scarcity, Shape } from "./snapshot.ts";

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
 * first: for times of lower prices, within the policy's bound and the job's deadline.
 */
export function laterStarts(
  shape: Shape,
  preferred: readonly Preferred[],
  facts: Omit<JudgeFacts, "policy"> & { policy: Policy; scarcity: Scarcity | null },
): LaterStart[] {
  const [best] = preferred;
  const withinMs = facts.policy.waitForCheaper;
  if (!best || withinMs === 0 || shape.cards.choose === "first") return [];
  const perMs = Number(waitingWorth(shape, facts.policy)) / hourMs;
  return preferred
    .flatMap((one) => {
      const { judged } = one;
      // Rounded up or down to the micro-yuan, part by part.
      const atLeast = leastCost(one, facts.startMs) - 3;
      if (atLeast >= Number(best.rank)) return [];
      return cheapTimes(judged.pool.prices, facts.startMs).flatMap((time) => {
        if (time.fromMs > facts.startMs + withinMs) return [];
        const startMs = startFor(time, judged.estimate);
        if (startMs <= facts.startMs) return [];
        if (judged.latestStartMs !== null && startMs > judged.latestStartMs) return [];
        // With its waiting, to the millisecond and the micro-yuan, it may cost too much.
        const least = atLeast + (startMs - facts.startMs - 1) * perMs - 1;
        if (least >= Number(best.rank)) return [];
        const found = startAt(shape, { judged, startMs }, facts);
        return found && found.rank < best.rank ? [found] : [];
      });
    })
    .toSorted(
      (a, b) =>
        (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0) ||
        a.startMs - b.startMs ||
        (a.pool.id < b.pool.id ? -1 : 1),
    );
}

/**
 * A job waits for a cheaper hour or pool up to this time, in epoch milliseconds; after that it
 * starts as soon as it can, wherever that is.
 */
export const waitsUntil = (
  { waitForCheaper }: Pick<Policy, "waitForCheaper">,
  { submittedMs }: Pick<QueuedJob, "submittedMs">,
): number => submittedMs + waitForCheaper;

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

/** A time of lower prices. */
export interface CheapTime {
  /** The full hour at which the price falls. */
  readonly fromMs: number;
  /** When it is next higher than then; infinite where nobody knows. */
  readonly toMs: number;
}

/** When prices are lower than in the hour before, the first first; some days ahead. */
export function cheapTimes(prices: PriceSchedule, fromMs: number): readonly CheapTime[] {
  if (prices.periods.length === 1 && prices.periods[0]!.flat !== null) return none;
  const firstMs = Math.floor(fromMs / hourMs) * hourMs;
  const known = worked.get(prices);
  if (known?.firstMs === firstMs) return known.times;
  const byHour = Array.from({ length: hoursAhead + hoursPast }, (_, i) =>
    priceOf(prices, firstMs + i * hourMs),
  );
  const times: CheapTime[] = [];
  for (let i = 1; i < hoursAhead; i += 1) {
    const [before, price] = [byHour[i - 1], byHour[i]];
    if (price === undefined || before === undefined || price >= before) continue;
    const rise = byHour.findIndex((one, k) => k > i && one !== undefined && one > price);
    const toMs = rise < 0 ? Infinity : firstMs + rise * hourMs;
    times.push({ fromMs: firstMs + i * hourMs, toMs });
  }
  worked.set(prices, { firstMs, times });
  return times;
}

/**
 * When a run begins that makes the most of a cheap time and waits no longer for it than it must:
 * as it begins; one that lasts longer, earlier, so that it ends with it.
 */
export const startFor = (
  { fromMs, toMs }: CheapTime,
  { startsIn, runTime }: { readonly startsIn: number; readonly runTime: number },
): number => Math.min(fromMs, toMs - runTime) - startsIn;

/** Cheap times that begin later are left to those who look again later. */
const hoursAhead = 10 * 24;
/** So far beyond is looked for the ends of those that have begun. */
const hoursPast = 24;

const none: readonly CheapTime[] = [];

interface CheapTimes {
  readonly firstMs: number;
  readonly times: readonly CheapTime[];
}

/** Schedules are values: what was last worked out for one is kept beside it. */
const worked = new WeakMap<PriceSchedule, CheapTimes>();

function priceOf(prices: PriceSchedule, atMs: number): bigint | undefined {
  const found = priceAt(prices, Temporal.Instant.fromEpochMilliseconds(atMs));
  return found.kind === "price" ? found.perCardHour : undefined;
}
