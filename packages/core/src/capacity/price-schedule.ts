import { ascending, microYuan, plus, type MicroYuan } from "../units/index.ts";
import {
  below,
  checkAmount,
  checked,
  checkUnique,
  checkWhole,
  type Checked,
  type Problem,
} from "./checked.ts";
import { checkTimeZone, timeZoneNamed } from "./time-zone.ts";
import { hoursOfWeek, hoursOn, nameOf, stretchesOf, weekdays, type Weekday } from "./week-hours.ts";

/** What a card-hour costs at every instant that it covers: by hour and weekday in one zone. */
export interface PriceSchedule {
  readonly timeZone: string;
  /** In time order; each starts where the one before it ends. */
  readonly periods: readonly PricePeriod[];
  readonly specialDates: readonly SpecialDate[];
}

/** From `from` up to but not at `to`; null is without end. */
export interface PricePeriod {
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant | null;
  readonly rules: readonly PriceRule[];
  /** The rules laid out: 168 prices per card-hour, Monday 00:00 first. */
  readonly week: readonly MicroYuan[];
  /** What a card costs from Monday 00:00 up to each of those hours; 169 sums, the last a week. */
  readonly sums: readonly MicroYuan[];
  /** The one price, where all hours have the same. */
  readonly flat: MicroYuan | null;
}

/** Local hours of some weekdays, from `fromHour` (0-23) up to but not at `toHour` (1-24). */
export interface PriceRule {
  readonly days: readonly Weekday[];
  readonly fromHour: number;
  readonly toHour: number;
  readonly perCardHour: MicroYuan;
}

/** A local date with another weekday's prices: a holiday as sunday, a make-up day as monday. */
export interface SpecialDate {
  readonly date: Temporal.PlainDate;
  readonly as: Weekday;
}

export interface PriceScheduleDraft {
  readonly timeZone: string;
  readonly periods: readonly Pick<PricePeriod, "from" | "to" | "rules">[];
  readonly specialDates: readonly SpecialDate[];
}

/**
 * Lays the rules out. Refused: an hour with two prices or none, and periods that overlap or leave
 * a gap; each problem names the hours or the instants. Periods may come in any order.
 */
export function priceSchedule(draft: PriceScheduleDraft): Checked<PriceSchedule> {
  const { specialDates } = draft;
  const problems = [
    ...checkTimeZone({ path: "timeZone", value: draft.timeZone }),
    ...draft.periods.flatMap((period, i) => below(`periods[${i}]`, periodProblems(period))),
    ...continuityProblems(draft.periods),
    ...specialDates.flatMap(({ as }, i) => checkDay(`specialDates[${i}].as`, as)),
    ...checkUnique({
      ids: specialDates.map(({ date }) => date.toString()),
      path: (i) => `specialDates[${i}].date`,
    }),
  ];
  return checked(problems, () => ({
    timeZone: timeZoneNamed(draft.timeZone)!,
    periods: draft.periods.map(laidOut).sort(byStart),
    specialDates,
  }));
}

/** One price at every hour, for ever. */
export const flatPrice = (perCardHour: MicroYuan): PriceSchedule => ({
  timeZone: "UTC",
  periods: [
    laidOut({
      from: null,
      to: null,
      rules: [{ days: weekdays, fromHour: 0, toHour: 24, perCardHour }],
    }),
  ],
  specialDates: [],
});

function laidOut({ from, to, rules }: Pick<PricePeriod, "from" | "to" | "rules">): PricePeriod {
  const week = Array.from({ length: hoursOfWeek }, () => microYuan(0));
  for (const { days, fromHour, toHour, perCardHour } of rules) {
    for (const hour of hoursOn(days, fromHour, toHour)) week[hour] = perCardHour;
  }

  const sums = [microYuan(0)];
  for (const price of week) sums.push(plus(sums.at(-1)!, price));
  const [first] = week;
  const flat = week.every((price) => price === first) ? first! : null;
  return { from, to, rules, week, sums, flat };
}

function periodProblems({ from, to, rules }: PriceScheduleDraft["periods"][number]): Problem[] {
  const problems = rules.flatMap((rule, i) => below(`rules[${i}]`, ruleProblems(rule)));
  if (from && to && Temporal.Instant.compare(from, to) >= 0) {
    problems.push({ path: "to", message: `${to} is not after ${from}; end it later` });
  }
  return problems.length > 0 ? problems : coverProblems(rules);
}

function ruleProblems({ days, fromHour, toHour, perCardHour }: PriceRule): Problem[] {
  const problems = [
    ...checkWhole({ path: "fromHour", value: fromHour, least: 0, most: 23 }),
    ...checkWhole({ path: "toHour", value: toHour, least: 1, most: 24 }),
    ...checkAmount({ path: "perCardHour", value: perCardHour }),
  ];
  if (fromHour >= toHour) {
    const cure = "a night takes two rules, one up to 24 and one from 0";
    problems.push({ path: "toHour", message: `${toHour} is not after ${fromHour}; ${cure}` });
  }
  if (days.length === 0) problems.push({ path: "days", message: "names no day; name one or more" });
  return [
    ...problems,
    ...days.flatMap((day, i) => checkDay(`days[${i}]`, day)),
    ...checkUnique({ ids: days, path: (i) => `days[${i}]` }),
  ];
}

function checkDay(path: string, day: Weekday): Problem[] {
  if (weekdays.includes(day)) return [];
  return [{ path, message: `"${day}" is not a day; use ${weekdays.join(", ")}` }];
}

/** Each hour of the week has one price. */
function coverProblems(rules: readonly PriceRule[]): Problem[] {
  const owners = new Map<number, number>();
  const problems = rules.flatMap(({ days, fromHour, toHour }, i) => {
    const hours = hoursOn(days, fromHour, toHour);
    const taken = Map.groupBy(
      hours.filter((hour) => owners.has(hour)),
      (hour) => owners.get(hour),
    );
    for (const hour of hours) owners.set(hour, owners.get(hour) ?? i);
    return [...taken].flatMap(([owner, theirs]) =>
      stretchesOf(theirs).map((stretch) => ({
        path: `rules[${i}]`,
        message: `${nameOf(stretch)} is priced by rules[${owner}] too; price it once`,
      })),
    );
  });
  const free = Array.from({ length: hoursOfWeek }, (_, i) => i).filter((hour) => !owners.has(hour));
  const gaps = stretchesOf(free).map((stretch) => ({
    path: "rules",
    message: `${nameOf(stretch)} has no price; add a rule for it`,
  }));
  return [...problems, ...gaps];
}

/** Periods follow one another without overlap or gap. */
function continuityProblems(periods: PriceScheduleDraft["periods"]): Problem[] {
  if (periods.length === 0) return [{ path: "periods", message: "is empty; give one or more" }];
  const inOrder = periods.map(({ from, to }, index) => ({ from, to, index })).sort(byStart);
  return inOrder.slice(1).flatMap(({ from, index }, i): Problem[] => {
    const before = inOrder[i]!;
    const path = `periods[${index}].from`;
    if (!before.to) {
      const message = `comes after periods[${before.index}], which has no end; end that one there`;
      return [{ path, message }];
    }
    if (!from || Temporal.Instant.compare(from, before.to) < 0) {
      const end = `${before.to}, the end of periods[${before.index}]`;
      return [{ path, message: `starts before ${end}; start it there` }];
    }
    if (from.equals(before.to)) return [];
    return [{ path, message: `nothing is priced from ${before.to} to ${from}; close the gap` }];
  });
}

const byStart = (
  a: { readonly from: Temporal.Instant | null },
  b: { readonly from: Temporal.Instant | null },
) => ascending(startOf(a), startOf(b));

const startOf = ({ from }: { readonly from: Temporal.Instant | null }) =>
  from?.epochNanoseconds ?? -(10n ** 30n);
