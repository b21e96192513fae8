import { costOver, type CardsHeld } from "@wadi/core/capacity";
import type { Policy, PoolNow, Shape } from "@wadi/core/dispatch";
import { divide } from "@wadi/core/units";
import type { Run } from "./state.ts";

/** Micro-yuan. */
export interface Incurred {
  readonly compute: bigint;
  /** Of the money paid, what paid for work that was thrown away; not in `compute`. */
  readonly loss: bigint;
  readonly power: bigint;
  readonly carbon: bigint;
}

const hourMs = 3_600_000n;

/**
 * What a run has cost from its begin up to `toMs`, of which the work after `keptMs` is lost. The
 * whole is exact and rounded up once; the lost part is the whole less what the kept part costs.
 */
export function incurred(
  run: Run,
  { keptMs, toMs }: { keptMs: number; toMs: number },
  policy: Policy,
): Incurred {
  if (toMs <= run.beginMs) return { compute: 0n, loss: 0n, power: 0n, carbon: 0n };
  const paid = computeOf(run, toMs);
  const compute = keptMs >= toMs ? paid : computeOf(run, keptMs);
  const { power, carbon } = powerOf(run, toMs, policy);
  return { compute, loss: paid - compute, power, carbon };
}

/** What waiting has cost; rounded up to a micro-yuan. */
export const waitingOf = (
  { waitingCostPerHour, priority }: Shape,
  waitedMs: number,
  policy: Policy,
): bigint => {
  const worth = waitingCostPerHour ?? policy.waitingCostPerHour[priority];
  return divide(worth * BigInt(waitedMs), hourMs, "up");
};

/** Whole cards that a run holds, a part of a card as one: what prices by the card go by. */
export const cardsPaid = ({ placement }: Pick<Run, "placement">) =>
  placement.need.cards * placement.hosts.reduce((sum, { replicas }) => sum + replicas, 0);

function computeOf(run: Run, toMs: number): bigint {
  if (toMs <= run.beginMs) return 0n;
  const held: CardsHeld = {
    start: Temporal.Instant.fromEpochMilliseconds(run.beginMs),
    end: Temporal.Instant.fromEpochMilliseconds(toMs),
    cards: cardsPaid(run),
  };
  const paid = costOver(run.pool.prices, held);
  if (paid.kind === "unpriced") {
    throw new Error(`pool ${run.pool.id}: ${paid.reason}; price the whole play`);
  }
  return divide(paid.cost * BigInt(run.placement.need.share), 1000n, "up");
}

function powerOf(run: Run, toMs: number, { carbonPricePerTonne }: Policy) {
  const { wattsPerCard, powerPricePerKwh, carbonGramsPerKwh }: PoolNow = run.pool;
  if (wattsPerCard === null) return { power: 0n, carbon: 0n };
  const cards = BigInt(cardsPaid(run));
  const wattMs = BigInt(Math.ceil(wattsPerCard)) * cards * BigInt(toMs - run.beginMs);
  const gramMs = wattMs * BigInt(Math.ceil(carbonGramsPerKwh ?? 0));
  return {
    power: divide(wattMs * (powerPricePerKwh ?? 0n), 1000n * hourMs, "up"),
    // Grams per kWh; a tonne is 10^6 grams.
    carbon: divide(gramMs * (carbonPricePerTonne ?? 0n), 1000n * hourMs * 1_000_000n, "up"),
  };
}
