import { costOver, transfer } from "../capacity/index.ts";
import type { CardOption } from "../job/index.ts";
import {
  divide,
  durationOf,
  microYuan,
  noMoney,
  type Duration,
  type MicroYuan,
} from "../units/index.ts";
import type { Reason } from "./reason.ts";
import type { PoolNow, Shape, Snapshot } from "./snapshot.ts";

/** What running a job in one pool costs in total, part by part; each part rounded up. */
export interface Cost {
  /** Cards × run time at the pool's prices by hour. */
  readonly compute: MicroYuan;
  /** Bytes × the price of the links. */
  readonly data: MicroYuan;
  /** The time its data takes to arrive, at the worth of an hour of waiting. */
  readonly waiting: MicroYuan;
  /** Work expected to be lost where the pool's owner takes cards back. */
  readonly loss: MicroYuan;
  /** Power, where the card-hour price does not hold it. */
  readonly power: MicroYuan;
  /** The sum: what dispatch makes as small as it can. */
  readonly total: MicroYuan;
}

export type Estimate =
  | {
      readonly kind: "estimate";
      readonly cost: Cost;
      /** Until its data is there. */
      readonly startsIn: Duration;
      readonly runTime: Duration;
    }
  | { readonly kind: "refused"; readonly reason: Reason };

const hourMs = 3_600_000n;
/** Work redone after a reclaim by a job that checkpoints: half of a ten-minute interval. */
const redoneWithCheckpointMs = 300_000;

/**
 * The total cost of a job in a pool if it started now, on the cards of `option`. Refuses where the
 * data cannot get there (`no-link`) or a price is missing (`no-price`).
 */
export function estimate(
  shape: Shape,
  { pool, option }: { pool: PoolNow; option: CardOption },
  snapshot: Snapshot,
): Estimate {
  const moved = moveData(shape, pool, snapshot);
  if (moved.kind === "refused") return moved;

  const cards = shape.replicas * option.count;
  const runTime = expectedRunTime(shape, { pool, option }, snapshot);
  const start = snapshot.now.add({ milliseconds: moved.time });
  const computed = costOver(pool.prices, { start, end: after(start, runTime), cards });
  if (computed.kind === "unpriced") {
    return refused("no-price", { at: computed.from.toString() });
  }

  const compute = computed.cost;
  const waiting = waitingCost(shape, moved.time, snapshot);
  const loss = lossCost(shape, { pool, runTime, compute });
  const power = powerCost(pool, { cards, runTime });
  const total = microYuan(compute + moved.cost + waiting + loss + power);
  const cost = { compute, data: moved.cost, waiting, loss, power, total };
  return { kind: "estimate", cost, startsIn: durationOf(moved.time), runTime };
}

/**
 * How long the run is expected to take: what the tenant declared for this card; else what it
 * declared for another, by the ratio of the cards' peaks; else the longest it may take.
 */
export function expectedRunTime(
  shape: Shape,
  { pool, option }: { pool: PoolNow; option: CardOption },
  snapshot: Snapshot,
): Duration {
  if (option.expectedRunTime !== null) return option.expectedRunTime;
  const here = pool.model.peak;
  if (here.kind === "known") {
    for (const other of shape.cards.options) {
      const there = snapshot.pools.find(({ model }) => model.id === other.model)?.model.peak;
      if (other.expectedRunTime === null || there?.kind !== "known") continue;
      const work = BigInt(other.expectedRunTime) * there.value * BigInt(other.count);
      const scaled = Number(divide(work, here.value * BigInt(option.count), "up"));
      return durationOf(Math.min(scaled, shape.maxRunTime));
    }
  }
  return shape.maxRunTime;
}

export const after = (start: Temporal.Instant, time: Duration) => start.add({ milliseconds: time });

type Moved =
  | { readonly kind: "moved"; readonly cost: MicroYuan; readonly time: number }
  | { readonly kind: "refused"; readonly reason: Reason };

/** Brings all data at once: costs add up, and the slowest transfer sets the time. */
function moveData(shape: Shape, pool: PoolNow, { links }: Snapshot): Moved {
  let cost: bigint = noMoney;
  let time = 0;
  for (const { place, bytes } of shape.data) {
    const way = transfer(links, { from: place, to: pool.place, bytes });
    if (way.kind === "unreachable") return refused("no-link", { from: place, to: pool.place });
    cost += way.cost;
    time = Math.max(time, way.timeMs);
  }
  return { kind: "moved", cost: microYuan(cost), time };
}

function waitingCost(shape: Shape, timeMs: number, { policy }: Snapshot): MicroYuan {
  const perHour = shape.waitingCostPerHour ?? policy.waitingCostPerHour[shape.priority];
  return microYuan(divide(perHour * BigInt(Math.ceil(timeMs)), hourMs, "up"));
}

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

function powerCost(pool: PoolNow, run: { cards: number; runTime: Duration }): MicroYuan {
  if (pool.powerPricePerKwh === null || pool.wattsPerCard === null) return noMoney;
  const wattMs = BigInt(Math.ceil(pool.wattsPerCard)) * BigInt(run.cards) * BigInt(run.runTime);
  return microYuan(divide(wattMs * pool.powerPricePerKwh, 1000n * hourMs, "up"));
}

function refused(code: Reason["code"], facts: Reason["facts"]) {
  return { kind: "refused", reason: { code, facts } } as const;
}
