/** The month that is played, and where its days end. A past one: nothing of it is still to come. */
export const month = "2026-06";
export const timeZone = "Asia/Shanghai";

/** An hour of a day of the month; days count from 1, and the 31st is the next month's first. */
export function dayAt(day: number, hour = 0): Temporal.Instant {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  const start = first.add({ days: day - 1 }).toZonedDateTime(timeZone);
  return start.add({ minutes: Math.round(hour * 60) }).toInstant();
}

export const lastDay = Temporal.PlainYearMonth.from(month).daysInMonth;
export const monthSpan = { from: dayAt(1), until: dayAt(lastDay + 1) } as const;

/** No run reaches beyond this hour of the last day, so that the month's charges are all made. */
export const lastEnd = dayAt(lastDay, 21);

/** The hours of a day at which jobs come in and centres report; 6 hours apart. */
export const hours = [2, 8, 14, 20] as const;

/** A clock that stands until it is turned, and is never turned back. */
export interface TurnedClock {
  now(): Temporal.Instant;
  turnTo(at: Temporal.Instant): void;
}

export function turnedClock(start: Temporal.Instant): TurnedClock {
  let now = start;
  return {
    now: () => now,
    turnTo: (at) => {
      if (Temporal.Instant.compare(at, now) > 0) now = at;
    },
  };
}

export const isUntil = (at: Temporal.Instant, until: Temporal.Instant) =>
  Temporal.Instant.compare(at, until) <= 0;
export const earlier = (a: Temporal.Instant, b: Temporal.Instant) => (isUntil(a, b) ? a : b);
