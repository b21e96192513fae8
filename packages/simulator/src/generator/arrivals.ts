import { picker } from "./chance.ts";
import type { Random } from "./random.ts";

/** How many jobs come in each hour of a working day beside its busiest: people's hours, by us. */
const byHour = [
  0.3, 0.24, 0.2, 0.18, 0.17, 0.18, 0.22, 0.32, 0.55, 0.85, 1, 0.98, 0.75, 0.8, 0.97, 1, 0.98, 0.9,
  0.72, 0.65, 0.66, 0.62, 0.52, 0.4,
] as const;

/** Monday first. */
const byWeekday = [1, 1, 1, 1, 0.95, 0.5, 0.45] as const;

const hourMs = 3_600_000;

/**
 * Times of submission, ascending, in milliseconds since 1970: a Poisson process whose rate follows
 * the hour and the weekday in `timeZone`, given that it brought `count` jobs. Such times are
 * independent of one another, each as likely in an hour as that hour's rate says.
 */
export function arrivals(
  chance: Random,
  span: { from: Temporal.Instant; days: number; count: number; timeZone: string },
): number[] {
  const fromMs = span.from.epochMilliseconds;
  const hours = Array.from({ length: span.days * 24 }, (_, hour) => fromMs + hour * hourMs);
  const pick = picker(
    hours,
    hours.map((atMs) => rateAt(atMs, span.timeZone)),
  );
  const times = Array.from({ length: span.count }, () =>
    Math.floor(pick(chance) + chance.uniform() * hourMs),
  );
  return times.sort((a, b) => a - b);
}

function rateAt(atMs: number, timeZone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  return byHour[local.hour]! * byWeekday[local.dayOfWeek - 1]!;
}
