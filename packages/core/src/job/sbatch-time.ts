import { right, wrong, type Value } from "./sbatch-values.ts";

/**
 * A point in time as --begin and --deadline take it, in the time zone of `now`: `now+2hours`,
 * `16:00`, `4:00 pm`, `noon`, `tomorrow`, `2026-12-01T08:00`, `12/01/26`, `1201`, and a day
 * together with a time of day. A time of day alone is the next one to come; a day alone begins at
 * midnight; a day without a year is the next one to come.
 */
export function readInstant(text: string, now: Temporal.ZonedDateTime): Value<Temporal.Instant> {
  try {
    if (text.length > 80) return wrong("is longer than any time that sbatch knows");
    const found = readSinceEpoch(text) ?? readDelta(text, now) ?? readDayAndTime(text, now);
    if (found) return right(found);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a day such as 30 February
  }
  return wrong(`"${text}" is no time that sbatch knows; write 2026-12-01T08:00:00 or now+2hours`);
}

function readSinceEpoch(text: string): Temporal.Instant | null {
  const seconds = Number(/^uts(\d{7,11})$/i.exec(text)?.[1] ?? 0);
  return seconds >= 1_000_000 ? Temporal.Instant.fromEpochMilliseconds(seconds * 1000) : null;
}

function readDelta(text: string, now: Temporal.ZonedDateTime): Temporal.Instant | null {
  const form = /^\s*now\s*(?:([+-])\s*(\d{1,9})\s*(?:(second|minute|hour|day|week)s?)?\s*)?$/i;
  const match = form.exec(text);
  if (!match) return null;
  const [, sign, count = "0", unit = "second"] = match;
  const unitSeconds = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };
  const size = unitSeconds[unit.toLowerCase() as keyof typeof unitSeconds];
  const seconds = Number(count) * size * (sign === "-" ? -1 : 1);
  return now.toInstant().add({ seconds });
}

/** What was said so far; what is said later replaces it. */
interface Parts {
  readonly time?: Temporal.PlainTime;
  readonly date?: Temporal.PlainDate;
  /** A day of any year. */
  readonly monthDay?: Temporal.PlainMonthDay;
}

function readDayAndTime(text: string, now: Temporal.ZonedDateTime): Temporal.Instant | null {
  const parts: Parts = {};
  let rest = text.replace(/^[\s\-T]+/, "");
  if (rest === "") return null;
  while (rest !== "") {
    const read = readTime(rest) ?? readDay(rest, now);
    if (!read) return null;
    Object.assign(parts, read.parts);
    rest = rest.slice(read.length).replace(/^[\s\-T]+/, "");
  }
  return resolve(parts, now).toInstant();
}

interface PartsRead {
  readonly parts: Parts;
  readonly length: number;
}

const timesOfDay = { midnight: 0, elevenses: 11, noon: 12, fika: 15, teatime: 16 };

function readTime(text: string): PartsRead | null {
  const word = /^(midnight|elevenses|noon|fika|teatime)/i.exec(text)?.[1];
  if (word !== undefined) {
    const hour = timesOfDay[word.toLowerCase() as keyof typeof timesOfDay];
    return { parts: { time: new Temporal.PlainTime(hour) }, length: word.length };
  }
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([ap])m)?/i.exec(text);
  if (!match) return null;
  const [whole, hour, minute, second = "0", half] = match;
  const clock = half === undefined ? Number(hour) : from12Hours(Number(hour), half.toLowerCase());
  const time = new Temporal.PlainTime(clock, Number(minute), Number(second));
  return { parts: { time }, length: whole.length };
}

/** 12 am is midnight, 12 pm noon. An hour that no such clock shows gives 24, which is none. */
function from12Hours(hour: number, half: string): number {
  return hour > 12 ? 24 : (hour % 12) + (half === "p" ? 12 : 0);
}

function readDay(text: string, now: Temporal.ZonedDateTime): PartsRead | null {
  const word = /^(today|tomorrow)/i.exec(text)?.[1];
  if (word !== undefined) {
    const date = now.toPlainDate().add({ days: word.toLowerCase() === "today" ? 0 : 1 });
    return { parts: { date }, length: word.length };
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (iso) return { parts: { date: dateOf(iso[1]!, iso[2]!, iso[3]!) }, length: iso[0].length };
  const match =
    /^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2}))?(?!\d)/.exec(text) ??
    /^(\d{2})(\d{2})(\d{2})?(?!\d)/.exec(text);
  if (!match) return null;
  const [whole, month, day, year] = match;
  if (year !== undefined) {
    return { parts: { date: dateOf(`20${year}`, month!, day!) }, length: whole.length };
  }
  const leapYear = dateOf("2000", month!, day!);
  return { parts: { monthDay: leapYear.toPlainMonthDay() }, length: whole.length };
}

function dateOf(year: string, month: string, day: string): Temporal.PlainDate {
  const fields = { year: Number(year), month: Number(month), day: Number(day) };
  return Temporal.PlainDate.from(fields, { overflow: "reject" });
}

function resolve({ time, date, monthDay }: Parts, now: Temporal.ZonedDateTime) {
  const plainTime = time ?? new Temporal.PlainTime();
  const at = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone: now.timeZoneId, plainTime });
  const isToCome = (when: Temporal.ZonedDateTime) =>
    Temporal.PlainDateTime.compare(when.toPlainDateTime(), now.toPlainDateTime()) > 0;
  if (date) return at(date);
  if (!monthDay) {
    const today = at(now.toPlainDate());
    return isToCome(today) ? today : at(now.toPlainDate().add({ days: 1 }));
  }
  const thisYear = at(monthDay.toPlainDate({ year: now.year }));
  return isToCome(thisYear) ? thisYear : at(monthDay.toPlainDate({ year: now.year + 1 }));
}
