import { cardPriceOver, transfer, type Links } from "../capacity/index.ts";
import type { CardOption } from "../job/index.ts";
import {
  divide,
  durationOf,
  microYuan,
  noMoney,
  type Duration,
  type MicroYuan,
} from "../units/index.ts";
import type { Policy } from "./policy.ts";
import type { Reason } from "./reason.ts";
import type { PoolNow, Shape } from "./snapshot.ts";

/** What running a job in one pool is expected to cost, part by part, to the micro-yuan. */
export interface Cost {
  /** Cards × run time at the pool's prices by hour. */
  readonly compute: MicroYuan;
  /** Bytes × the price of the links. */
  readonly data: MicroYuan;
  /**
   * The time until its start, and what it takes longer here than where it is fastest, at the worth
   * of an hour of waiting.
   */
  readonly waiting: MicroYuan;
  /** Work expected to be lost where the pool's owner takes cards back. */
  readonly loss: MicroYuan;
  /** Power, where the card-hour price does not hold it. */
  readonly power: MicroYuan;
  /** CO2 of that power, where the operator prices it. */
  readonly carbon: MicroYuan;
  /** The sum: what dispatch makes as small as it can. */
  readonly total: MicroYuan;
}

export type Estimate =
  | {
      readonly kind: "estimate";
      readonly cost: Cost;
      /** From `startMs` until its data is there. */
      readonly startsIn: Duration;
      readonly runTime: Duration;
    }
  | { readonly kind: "refused"; readonly reason: Reason };

/** What costs depend on besides the job and the pool. */
export interface CostFacts {
  readonly links: Links;
  readonly policy: Pick<Policy, "waitingCostPerHour" | "carbonPricePerTonne">;
}

/** A job in a pool from some instant on. */
export interface Start {
  readonly pool: PoolNow;
  readonly option: CardOption;
  /** When it gets its cards. */
  readonly startMs: number;
  /** How long it has waited by then, as far as that is to be counted. */
  readonly waitedMs: number;
  readonly runTime: Duration;
  /** On the fastest of the cards it may have. */
  readonly shortest: Duration;
}

const hourMs = 3_600_000n;
/** Work redone after a reclaim by a job that checkpoints: half of a ten-minute interval. */
const redoneWithCheckpointMs = 300_000;

/**
 * The total cost of a job in a pool from `startMs` on. Refuses where the data cannot get there
 * (`no-link`, or `checkpoint-elsewhere` of what it kept itself) or a price is missing (`no-price`).
 */
export function estimate(shape: Shape, at: Start, facts: CostFacts): Estimate {
  const { pool, runTime } = at;
  const moved = moveData(shape, pool, facts.links);
  if (moved.kind === "refused") return moved;

  const cards = cardsOf(shape, at.option);
  const beginMs = at.startMs + moved.timeMs;
  const computed = computeCost(shape, at, beginMs);
  if (computed.kind === "refused") return computed;
  const compute = computed.cost;
  const waitMs = at.waitedMs + moved.timeMs + Math.max(0, runTime - at.shortest);
  const waiting = waitingCost(shape, waitMs, facts.policy);
  const loss = lossCost(shape, { pool, runTime, compute });
  const used = { cards, runTime };
  const power = powerCost(pool, used);
  const carbon = carbonCost(pool, used, facts.policy.carbonPricePerTonne);
  const total = microYuan(compute + moved.cost + waiting + loss + power + carbon);
  const cost = { compute, data: moved.cost, waiting, loss, power, carbon, total };
  return { kind: "estimate", cost, startsIn: durationOf(moved.timeMs), runTime };
}

/**
 * The same run in the same pool from another instant on, without having waited: only its prices,
 * and what follows from them, are another.
 */
export function estimateAgain(
  shape: Shape,
  at: Start,
  { cost: known, startsIn, runTime }: Extract<Estimate, { kind: "estimate" }>,
): Estimate {
  const computed = computeCost(shape, at, at.startMs + startsIn);
  if (computed.kind === "refused") return computed;
  const compute = computed.cost;
  const loss = lossCost(shape, { pool: at.pool, runTime, compute });
  const total = microYuan(known.total - known.compute - known.loss + compute + loss);
  return { kind: "estimate", cost: { ...known, compute, loss, total }, startsIn, runTime };
}

/** Whole cards of all replicas; a part of a card counts as one where cards are counted. */
export const cardsOf = (shape: Pick<Shape, "replicas">, option: CardOption) =>
  shape.replicas * option.count;

/** What an hour of waiting is worth: as the tenant says, else as its class has it. */
export const waitingWorth = (
  shape: Pick<Shape, "waitingCostPerHour" | "priority">,
  policy: Pick<Policy, "waitingCostPerHour">,
): MicroYuan => shape.waitingCostPerHour ?? policy.waitingCostPerHour[shape.priority];

/** Rounded up. */
export const waitingCost = (
  shape: Pick<Shape, "waitingCostPerHour" | "priority">,
  timeMs: number,
  policy: Pick<Policy, "waitingCostPerHour">,
): MicroYuan =>
  microYuan(divide(waitingWorth(shape, policy) * BigInt(Math.ceil(timeMs)), hourMs, "up"));

type Moved =
  | { readonly kind: "moved"; readonly cost: MicroYuan; readonly timeMs: number }
  | { readonly kind: "refused"; readonly reason: Reason };

/**
 * Brings all data at once, each from the place that is cheapest, then fastest: costs add up, and
 * the slowest transfer sets the time.
 */
function moveData(shape: Shape, pool: PoolNow, links: Links): Moved {
  let cost: bigint = noMoney;
  let timeMs = 0;
  for (const { places, bytes, checkpoint } of shape.data) {
    const ways = places
      .map((from) => transfer(links, { from, to: pool.place, bytes }))
      .filter((way) => way.kind === "transfer");
    const best = ways.reduce<(typeof ways)[number] | undefined>(
      (a, b) => (a && (a.cost < b.cost || (a.cost === b.cost && a.timeMs <= b.timeMs)) ? a : b),
      undefined,
    );
    if (!best) {
      const code = checkpoint ? "checkpoint-elsewhere" : "no-link";
      return refused(code, { from: places.join(", "), to: pool.place });
    }
    cost += best.cost;
    timeMs = Math.max(timeMs, best.timeMs);
  }
  return { kind: "moved", cost: microYuan(cost), timeMs };
}

function computeCost(shape: Shape, { pool, option, runTime }: Start, beginMs: number) {
  const perCard = cardPriceOver(pool.prices, { fromMs: beginMs, toMs: beginMs + runTime });
  if (perCard === undefined) return refused("no-price", { at: instantOf(beginMs) });
  const cards = (cardsOf(shape, option) * option.share) / 1000;
  return { kind: "cost", cost: microYuan(Math.round(perCard * cards)) } as const;
}

const instantOf = (atMs: number) =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toString();

/**
 * Expected reclaims × what one costs: the work redone, at the run's own price. Without a
 * checkpoint a reclaim costs half the run on average.
 */
function lossCost(
  shape: Shape,
  run: { pool: PoolNow; runTime: Duration; compute: MicroYuan },
): MicroYuan {
  const rate = BigInt(run.pool.reclaimsPer1000Hours);
  if (rate === 0n || run.runTime === 0) return noMoney;
  const half = run.runTime / 2;
  const redoneMs = shape.checkpoints ? Math.min(half, redoneWithCheckpointMs) : half;
  // reclaims = rate × runTime / 1000 h; redone money = compute × redone / runTime
  const scaled = rate * BigInt(Math.ceil(redoneMs)) * run.compute;
  return microYuan(divide(scaled, 1000n * hourMs, "up"));
}

interface Used {
  readonly cards: number;
  readonly runTime: Duration;
}

const wattMsOf = ({ wattsPerCard }: PoolNow, { cards, runTime }: Used) =>
  BigInt(Math.ceil(wattsPerCard ?? 0)) * BigInt(cards) * BigInt(Math.ceil(runTime));

function powerCost(pool: PoolNow, used: Used): MicroYuan {
  if (pool.powerPricePerKwh === null) return noMoney;
  return microYuan(divide(wattMsOf(pool, used) * pool.powerPricePerKwh, 1000n * hourMs, "up"));
}

/** Grams per kWh × kWh ÷ 10^6 grams a tonne. */
function carbonCost(pool: PoolNow, used: Used, perTonne: MicroYuan | null): MicroYuan {
  if (perTonne === null || pool.carbonGramsPerKwh === null) return noMoney;
  const gramMs = wattMsOf(pool, used) * BigInt(Math.ceil(pool.carbonGramsPerKwh));
  return microYuan(divide(gramMs * perTonne, 1000n * hourMs * 1_000_000n, "up"));
}

function refused(code: Reason["code"], facts: Reason["facts"]) {
  return { kind: "refused", reason: { code, facts } } as const;
}
