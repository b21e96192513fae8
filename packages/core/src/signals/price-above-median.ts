import { formatYuan, type MicroYuan } from "../units/index.ts";
import { type Signal, type SignalLimits } from "./signal.ts";

/** What somebody agreed to pay for one unit of something. */
export interface Deal {
  readonly subject: string;
  /** What is alike and may be compared, such as `card-hour/h100-sxm`. */
  readonly item: string;
  readonly unitPrice: MicroYuan;
  readonly day: Temporal.PlainDate;
}

/**
 * Deals whose price stands above the median of the other deals for the same item in the days up to
 * it: a price that was raised before the subsidy. The deal itself does not count towards its
 * median. Of an even number of prices the median is the mean of the middle two, rounded down.
 */
export function pricesAboveMedian(deals: readonly Deal[], limits: SignalLimits): Signal[] {
  return [...Map.groupBy(deals, ({ item }) => item).values()].flatMap((alike) => {
    const sorted = alike.toSorted(byDay);
    let from = 0;
    return sorted.flatMap((deal, place) => {
      const first = deal.day.subtract({ days: limits.medianDays });
      while (Temporal.PlainDate.compare(sorted[from]!.day, first) < 0) from += 1;
      const others = sorted.slice(from, place).map(({ unitPrice }) => unitPrice);
      if (others.length < limits.pricesLeast) return [];
      const median = medianOf(others);
      const bound = (median * BigInt(1000 + limits.aboveMedian)) / 1000n;
      return deal.unitPrice > bound ? [signalOf(deal, { median, count: others.length })] : [];
    });
  });
}

function medianOf(prices: readonly MicroYuan[]): bigint {
  const sorted = prices.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2n;
}

function signalOf(deal: Deal, { median, count }: { median: bigint; count: number }): Signal {
  const [asked, usual] = [formatYuan(deal.unitPrice), formatYuan(median as MicroYuan)];
  return {
    code: "price-above-median",
    subjects: [deal.subject],
    evidence: [
      { subject: deal.subject, what: "unit price", value: asked },
      { subject: deal.item, what: `median of ${count} deals`, value: usual },
    ],
    sentence: {
      en: `${deal.item} at ${asked} yuan; the median of ${count} earlier deals is ${usual}`,
      zh: `${deal.item} 单价 ${asked} 元；此前 ${count} 笔成交的中位数为 ${usual} 元`,
    },
  };
}

const byDay = (a: Deal, b: Deal) =>
  Temporal.PlainDate.compare(a.day, b.day) || (a.subject < b.subject ? -1 : 1);
