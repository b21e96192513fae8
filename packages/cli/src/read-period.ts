import { wrongUse } from "./failure.ts";

export interface PeriodInput {
  readonly from?: string;
  readonly until?: string;
  readonly month?: string;
}

/**
 * A period of time from options: a month, or its two ends, each a date or an instant. Dates and
 * months are those of the local time zone.
 * @throws Failure that names the option
 */
export function readPeriod(
  { from, until, month }: PeriodInput,
  timeZone: string = Temporal.Now.timeZoneId(),
): { from?: Temporal.Instant; until?: Temporal.Instant } {
  if (month !== undefined) {
    if (from !== undefined || until !== undefined) {
      throw wrongUse("--month says both ends; leave out --from and --until");
    }
    const first = monthNamed(month).toPlainDate({ day: 1 });
    return {
      from: startOf(first, timeZone),
      until: startOf(first.add({ months: 1 }), timeZone),
    };
  }
  return {
    ...(from !== undefined && { from: readTime(from, { option: "--from", timeZone }) }),
    ...(until !== undefined && { until: readTime(until, { option: "--until", timeZone }) }),
  };
}

/**
 * A date, of the local time zone, or an instant.
 * @throws Failure that names the option
 */
export function readTime(
  text: string,
  { option, timeZone = Temporal.Now.timeZoneId() }: { option: string; timeZone?: string },
): Temporal.Instant {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? startOf(Temporal.PlainDate.from(text), timeZone)
      : Temporal.Instant.from(text);
  } catch {
    const cure = "write a date such as 2026-11-01, or 2026-11-01T08:00:00+08:00";
    throw wrongUse(`${option} ${text}: ${cure}`);
  }
}

function monthNamed(text: string): Temporal.PlainYearMonth {
  try {
    return Temporal.PlainYearMonth.from(text);
  } catch {
    throw wrongUse(`--month ${text}: write a month such as 2026-11`);
  }
}

const startOf = (date: Temporal.PlainDate, timeZone: string) =>
  date.toZonedDateTime(timeZone).toInstant();
