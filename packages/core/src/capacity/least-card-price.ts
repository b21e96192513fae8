import { cardPriceOver } from "./card-price.ts";
import type { PriceSchedule } from "./price-schedule.ts";
import { steadyClock } from "./steady-clock.ts";
import { hoursOfWeek } from "./week-hours.ts";

const hourMs = 3_600_000;
/** Some Monday, 0:00 UTC: weeks are all alike where they are asked about. */
const mondayMs = Date.UTC(2100, 0, 4);

/**
 * What one card costs over a run of that length, at least, from `fromMs` on, in micro-yuan; it may
 * be lower by rounding, never higher. 0 where weeks are not all alike: special dates, prices that
 * begin or end, summer time.
 */
export function leastCardPrice(
  schedule: PriceSchedule,
  { runMs, fromMs }: { readonly runMs: number; readonly fromMs: number },
): number {
  const { periods, specialDates, timeZone } = schedule;
  const [only] = periods;
  const isOne = periods.length === 1 && only!.from === null && only!.to === null;
  const clock = steadyClock(timeZone, BigInt(Math.floor(fromMs)) * 1_000_000n);
  if (!isOne || specialDates.length > 0 || clock.to !== null) return 0;
  const known = worked.get(schedule) ?? new Map<number, number>();
  worked.set(schedule, known);
  const before = known.get(runMs);
  if (before !== undefined) return before;
  const offsetMs = Number(clock.offset) / 1e6;
  const { week } = only!;
  let least = Infinity;
  for (let hour = 0; hour < hoursOfWeek; hour += 1) {
    if (hour > 0 && week[hour] === week[hour - 1]) continue;
    // Least at a start at which the price changes, or with an end at which it does.
    const atMs = mondayMs + hour * hourMs - offsetMs;
    for (const startMs of [atMs, atMs - runMs]) {
      const price = cardPriceOver(schedule, { fromMs: startMs, toMs: startMs + runMs });
      least = Math.min(least, price ?? 0);
    }
  }
  // Prices over a time are differences of sums over a million hours: so far off they may be.
  const slack = Math.max(...week.map(Number)) * 2 ** -26;
  known.set(runMs, Math.max(0, least * (1 - 2 ** -30) - slack));
  return known.get(runMs)!;
}

/** Schedules are values: what was worked out for one is kept beside it, by length of run. */
const worked = new WeakMap<PriceSchedule, Map<number, number>>();
