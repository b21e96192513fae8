import type { PricePeriod, PriceSchedule } from "./price-schedule.ts";
import { costOver } from "./price-over-time.ts";
import { steadyClock } from "./steady-clock.ts";
import { hoursOfWeek } from "./week-hours.ts";

const hourMs = 3_600_000;
const weekMs = hoursOfWeek * hourMs;
/** 1970-01-01 was a Thursday: so much after its Monday. */
const epochAfterMondayMs = 72 * hourMs;

/**
 * What one card costs from `fromMs` up to `toMs`, in micro-yuan as a plain number: for comparing
 * thousands of starts with each other, where `costOver` is for charging. The two differ by less
 * than a thousandth of a micro-yuan for each yuan.
 * @returns undefined where some of that time has no price
 */
export function cardPriceOver(
  schedule: PriceSchedule,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): number | undefined {
  const [only] = schedule.periods;
  const isOne = schedule.periods.length === 1 && only!.from === null && only!.to === null;
  if (isOne && only!.flat !== null) return (Number(only!.flat) * (toMs - fromMs)) / hourMs;
  if (isOne && schedule.specialDates.length === 0) return weekly(schedule, only!, { fromMs, toMs });
  const start = Temporal.Instant.fromEpochMilliseconds(Math.floor(fromMs));
  const end = Temporal.Instant.fromEpochMilliseconds(Math.ceil(toMs));
  const cost = costOver(schedule, { start, end, cards: 1 });
  return cost.kind === "cost" ? Number(cost.cost) : undefined;
}

function weekly(
  { timeZone }: PriceSchedule,
  period: PricePeriod,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): number {
  const sums = sumsOf(period);
  let price = 0;
  let atMs = fromMs;
  while (atMs < toMs) {
    const clock = steadyClock(timeZone, BigInt(Math.floor(atMs)) * 1_000_000n);
    const offsetMs = Number(clock.offset) / 1e6;
    const untilMs = clock.to === null ? toMs : Math.min(toMs, Number(clock.to / 1_000_000n));
    price += before(sums, untilMs + offsetMs) - before(sums, atMs + offsetMs);
    atMs = untilMs;
  }
  return price;
}

/** From the epoch's Monday up to a local time. */
function before(sums: Float64Array, localMs: number): number {
  const passed = localMs + epochAfterMondayMs;
  const weeks = Math.floor(passed / weekMs);
  const inWeek = passed - weeks * weekMs;
  const hour = Math.floor(inWeek / hourMs);
  const part = (inWeek - hour * hourMs) / hourMs;
  const whole = sums[hour]!;
  return weeks * sums[hoursOfWeek]! + whole + part * (sums[hour + 1]! - whole);
}

function sumsOf(period: PricePeriod): Float64Array {
  const known = worked.get(period) ?? Float64Array.from(period.sums, Number);
  worked.set(period, known);
  return known;
}

/** Periods are values: their sums as plain numbers are kept beside them. */
const worked = new WeakMap<PricePeriod, Float64Array>();
