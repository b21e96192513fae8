import {
  cardModel,
  costOfAll,
  peakTflops,
  type CardsHeld,
  type PriceSchedule,
} from "../capacity/index.ts";
import {
  divide,
  microYuan,
  minus,
  noMoney,
  shareOf,
  workOf,
  type CardModelId,
  type DeciTflops,
  type MicroYuan,
  type Quantity,
  type Rate,
  type WorkUnits,
} from "../units/index.ts";
import { split, type Share } from "../vouchers/index.ts";
import type { Usage } from "./usage.ts";

/** What a run is charged by: fixed when it was leased. */
export interface Terms {
  /** The card's nameplate, see `peakOf`; null where it is unknown. */
  readonly peak: DeciTflops | null;
  readonly prices: PriceSchedule;
  /** Of the charge, kept by the platform. */
  readonly feeRate: Rate;
  /** False for what is the centre's loss: metered, never charged. */
  readonly charged: boolean;
  /** What is set aside for the job. */
  readonly share: Share;
  /** Of each card, in thousandths; the whole of it where this is left out. */
  readonly cardShare?: number;
}

/** One run's charge, every part of it. */
export interface Charge {
  readonly usage: Omit<Usage, "spans" | "gaps"> & {
    /** Null where the card's nameplate is unknown. */
    readonly work: WorkUnits | null;
  };
  /** Usage × price before any limit. */
  readonly price: MicroYuan;
  /** What of the price the share did not cover, and so is not charged. */
  readonly overHold: MicroYuan;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
  readonly platformFee: MicroYuan;
  readonly toProvider: MicroYuan;
}

/**
 * What a run costs and who pays it. The price is the schedule's over the real times, rounded up to
 * a micro-yuan; of a part of a card it is that part, rounded up again. The voucher pays its rate
 * rounded down to the fen, cash the rest, at most the share; the platform's fee is its rate of the
 * charge rounded down. Time that the schedule has no price for costs nothing.
 */
export function chargeFor(usage: Usage, terms: Terms): Charge {
  const { peak, prices, feeRate, charged, share, cardShare = wholeCard } = terms;
  const { held, cpuTime, peakMemoryBytes } = usage;
  const cardSeconds = partOf(usage.cardSeconds, cardShare);
  const price = partOf(priceOf(prices, usage.spans), cardShare);
  const paid = charged
    ? split(price, share)
    : { charge: noMoney, voucher: noMoney, cash: noMoney, overHold: noMoney };
  const platformFee = shareOf(paid.charge, feeRate, "down");
  return {
    usage: {
      cardSeconds,
      work: peak === null ? null : workOf(cardSeconds, peak),
      held,
      cpuTime,
      peakMemoryBytes,
    },
    price,
    ...paid,
    platformFee,
    toProvider: minus(paid.charge, platformFee),
  };
}

/** In thousandths. */
const wholeCard = 1000;

/** Rounded up: a run is never free. */
const partOf = <U extends string>(whole: Quantity<U>, thousandths: number) =>
  divide(whole * BigInt(thousandths), 1000n, "up") as Quantity<U>;

/** The dense FP16 nameplate of a card model; null where the catalogue has none. */
export function peakOf(model: CardModelId): DeciTflops | null {
  const known = cardModel(model);
  const peak = known && peakTflops(known);
  return peak?.kind === "known" ? peak.peak : null;
}

function priceOf(prices: PriceSchedule, spans: readonly CardsHeld[]): MicroYuan {
  const cost = costOfAll(
    prices,
    spans.flatMap((span) => priced(prices, span)),
  );
  return cost.kind === "cost" ? cost.cost : microYuan(0n); // cut to what is priced just before
}

/** The part of a span that lies between the first price and the last. */
function priced({ periods }: PriceSchedule, { start, end, cards }: CardsHeld): CardsHeld[] {
  const from = periods[0]?.from ?? start;
  const to = periods.at(-1)?.to ?? end;
  const part = {
    start: Temporal.Instant.compare(start, from) < 0 ? from : start,
    end: Temporal.Instant.compare(to, end) < 0 ? to : end,
    cards,
  };
  return Temporal.Instant.compare(part.start, part.end) < 0 ? [part] : [];
}
