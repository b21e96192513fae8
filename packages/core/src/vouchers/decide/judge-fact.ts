import {
  testNames,
  type DayOrEvent,
  type FactTest,
  type FactValue,
  type TestName,
} from "../rules/index.ts";
import { allOf, type Truth } from "./truth.ts";
import { dayOf, factOfEvent, valueOf, type Known } from "./known.ts";

type Present = Exclude<FactValue, null>;

/** Whether a fact passes all tests that are put to it. */
export function judgeFact(test: FactTest, seen: Known): Truth {
  const value = valueOf(seen, test.fact);
  if (value === undefined) return [test.fact];
  const asked = testNames.filter((name) => test[name] !== undefined);
  return allOf(
    asked.map((name) => {
      if (name === "given") return (value !== null) === test.given;
      return value === null ? false : tests[name](value, test, seen);
    }),
  );
}

/** Each test; a value of another type than the test is for fails it. */
const tests: Record<
  Exclude<TestName, "given">,
  (value: Present, test: FactTest, seen: Known) => Truth
> = {
  is: (value, test) => value === test.is,
  in: (value, test) => typeof value === "string" && test.in!.includes(value),
  has: (value, test) => Array.isArray(value) && test.has!.some((one) => value.includes(one)),
  hasAll: (value, test) => Array.isArray(value) && test.hasAll!.every((one) => value.includes(one)),
  within: (value, test) =>
    typeof value === "string" && test.within!.some((place) => liesIn(value, place)),
  from: (value, test, seen) => withDay(test.from!, seen, (day) => order(value, day) >= 0),
  until: (value, test, seen) => withDay(test.until!, seen, (day) => order(value, day) <= 0),
  withinYears: (value, test, seen) =>
    withDay(test.before ?? "decided", seen, (day) =>
      isLessThan(value, { years: test.withinYears! }, day),
    ),
  withinMonths: (value, test, seen) =>
    withDay(test.before ?? "decided", seen, (day) =>
      isLessThan(value, { months: test.withinMonths! }, day),
    ),
  atLeast: (value, test) => typeof value === "bigint" && value >= test.atLeast!,
  atMost: (value, test) => typeof value === "bigint" && value <= test.atMost!,
};

function withDay(at: DayOrEvent, seen: Known, holds: (day: Temporal.PlainDate) => boolean): Truth {
  const day = dayOf(seen, at);
  if (day !== null) return holds(day);
  return [factOfEvent[at as "signed"]];
}

/** Below 0, 0, above 0; NaN, which no comparison holds for, where the value is no day. */
const order = (value: Present, day: Temporal.PlainDate) =>
  value instanceof Temporal.PlainDate ? Temporal.PlainDate.compare(value, day) : Number.NaN;

/** Fewer than so many years or months lie between the value and the day. */
const isLessThan = (
  value: Present,
  span: { years: number } | { months: number },
  day: Temporal.PlainDate,
) => value instanceof Temporal.PlainDate && Temporal.PlainDate.compare(value.add(span), day) > 0;

/** Divisions are pairs of digits from large to small: what begins like the place lies in it. */
export const liesIn = (code: string, place: string) => code.startsWith(placePrefix(place));

const placePrefix = (place: string) =>
  /^\d+$/.test(place) && place.length % 2 === 0 ? place.replace(/(?:00)+$/, "") : place;
