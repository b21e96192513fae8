import { divide, microYuan, type MicroYuan } from "../units/index.ts";
import type { PricePeriod, PriceSchedule, SpecialDate } from "./price-schedule.ts";
import { steadyClock } from "./steady-clock.ts";
import { weekdays } from "./week-hours.ts";

export interface Unpriced {
  readonly kind: "unpriced";
  /** The first instant that has no price. */
  readonly from: Temporal.Instant;
  readonly reason: string;
}

/** The price of a card-hour at one instant. */
export function priceAt(
  schedule: PriceSchedule,
  at: Temporal.Instant,
): { readonly kind: "price"; readonly perCardHour: MicroYuan } | Unpriced {
  const period = schedule.periods.find((one) => isWithin(one, at));
  if (!period) return unpricedAt(schedule, at);
  if (period.flat !== null) return { kind: "price", perCardHour: period.flat };
  const utc = at.epochNanoseconds;
  const local = utc + steadyClock(schedule.timeZone, utc).offset;
  const special = schedule.specialDates.find((one) => isOn(one, local));
  const inWeek = sinceMonday(local) % weekNs;
  const hour = Number((inWeek < 0n ? inWeek + weekNs : inWeek) / hourNs);
  const inDay = special ? weekdays.indexOf(special.as) * 24 + (hour % 24) : hour;
  return { kind: "price", perCardHour: period.week[inDay]! };
}

/** Cards held for a while. */
export interface CardsHeld {
  readonly start: Temporal.Instant;
  /** Not before `start`. */
  readonly end: Temporal.Instant;
  readonly cards: number;
}

/**
 * What cards held from `start` up to `end` cost: the price of each moment, added up exactly, over
 * prices that change by hour, day, period and summer time. Rounded up to a micro-yuan, once, for
 * the run: a run of any length at a positive price is never free.
 * Takes no longer for a long run than for a short one, but for clock changes and special dates.
 */
export const costOver = (schedule: PriceSchedule, held: CardsHeld): Cost | Unpriced =>
  costOfAll(schedule, [held]);

export interface Cost {
  readonly kind: "cost";
  readonly cost: MicroYuan;
}

/** The same for cards held several times, as one run with gaps: added up first, rounded up once. */
export function costOfAll(schedule: PriceSchedule, spans: readonly CardsHeld[]): Cost | Unpriced {
  let area = 0n;
  for (const { start, end, cards } of spans) {
    const span = { from: start.epochNanoseconds, to: end.epochNanoseconds };
    if (span.to < span.from) throw new RangeError(`the run ends at ${end}, before ${start}`);
    const outside = firstUnpriced(schedule, { start, end });
    if (outside) return unpricedAt(schedule, outside);

    for (const period of schedule.periods) {
      const priced = overlap(span, {
        from: period.from?.epochNanoseconds ?? span.from,
        to: period.to?.epochNanoseconds ?? span.to,
      });
      if (priced) area += areaOf(schedule, period, priced) * BigInt(cards);
    }
  }
  return { kind: "cost", cost: microYuan(divide(area, hourNs, "up")) };
}

const hourNs = 3_600_000_000_000n;
const dayNs = 24n * hourNs;
const weekNs = 7n * dayNs;
/** 1970-01-01 was a Thursday: so much after its Monday. */
const epochAfterMondayNs = 3n * dayNs;

const sinceMonday = (local: bigint) => local + epochAfterMondayNs;

const isOn = ({ date }: SpecialDate, local: bigint): boolean => {
  const start = date.toZonedDateTime("UTC").epochNanoseconds;
  return start <= local && local < start + dayNs;
};

/** Nanoseconds since the epoch; `to` is not part of it. */
interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** Price × time over the span, in micro-yuan × nanoseconds ÷ hour. */
function areaOf(schedule: PriceSchedule, period: PricePeriod, span: Span): bigint {
  if (period.flat !== null) return period.flat * (span.to - span.from);
  let area = 0n;
  let at = span.from;
  while (at < span.to) {
    const { offset, to: change } = steadyClock(schedule.timeZone, at);
    const to = change !== null && change < span.to ? change : span.to;
    const local = { from: at + offset, to: to + offset };
    area += weekArea(period, local);
    for (const date of schedule.specialDates) area += specialArea(period, local, date);
    at = to;
  }
  return area;
}

/** Over a span of local time whose clock runs evenly. */
const weekArea = (period: PricePeriod, { from, to }: Span) =>
  areaBefore(period, to) - areaBefore(period, from);

/** From the epoch's Monday up to a local time. */
function areaBefore({ week, sums }: PricePeriod, local: bigint): bigint {
  const passed = sinceMonday(local);
  const weeks = divide(passed, weekNs, "down");
  const inWeek = passed - weeks * weekNs;
  const hour = Number(inWeek / hourNs);
  const wholeHours = (weeks * sums.at(-1)! + sums[hour]!) * hourNs;
  return wholeHours + week[hour]! * (inWeek % hourNs);
}

/** How much the special date adds to what its own weekday costs. */
function specialArea(period: PricePeriod, local: Span, { date, as }: SpecialDate): bigint {
  const start = date.toZonedDateTime("UTC").epochNanoseconds;
  const part = overlap(local, { from: start, to: start + dayNs });
  if (!part) return 0n;
  const shift = BigInt(weekdays.indexOf(as) - (date.dayOfWeek - 1)) * dayNs;
  const shifted = { from: part.from + shift, to: part.to + shift };
  return weekArea(period, shifted) - weekArea(period, part);
}

function overlap(a: Span, b: Span): Span | undefined {
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from < to ? { from, to } : undefined;
}

function isWithin({ from, to }: PricePeriod, at: Temporal.Instant): boolean {
  const started = !from || Temporal.Instant.compare(from, at) <= 0;
  return started && (!to || Temporal.Instant.compare(at, to) < 0);
}

/** Periods leave no gap, so a run is priced where its two ends are. */
function firstUnpriced(
  { periods }: PriceSchedule,
  { start, end }: { start: Temporal.Instant; end: Temporal.Instant },
): Temporal.Instant | undefined {
  const from = periods[0]!.from;
  const to = periods.at(-1)!.to;
  if (from && Temporal.Instant.compare(start, from) < 0) return start;
  if (to && Temporal.Instant.compare(to, end) < 0) {
    return Temporal.Instant.compare(start, to) > 0 ? start : to;
  }
  return undefined;
}

function unpricedAt({ periods }: PriceSchedule, at: Temporal.Instant): Unpriced {
  const from = periods[0]!.from;
  const to = periods.at(-1)!.to;
  const reason =
    from && Temporal.Instant.compare(at, from) < 0
      ? `no price at ${at}: the first price starts at ${from}`
      : `no price at ${at}: the last price ends at ${to}`;
  return { kind: "unpriced", from: at, reason };
}
