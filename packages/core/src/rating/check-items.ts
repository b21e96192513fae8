import {
  below,
  checkSlug,
  checkWhole,
  closest,
  weekdays,
  type Problem,
} from "../capacity/index.ts";
import { measureNames, measures } from "../metering/index.ts";
import { hoursOfTimes } from "./item-hours.ts";
import type { ItemTimes, PriceItem, PriceStep } from "./price-list.ts";
import { priceUnitNames, sizeOf, unitsFor } from "./price-unit.ts";

/** What is wrong with the items of one version, each by its place. */
export function checkItems(items: readonly PriceItem[]): Problem[] {
  const problems = items.flatMap((item, i) => below(`items[${i}]`, itemProblems(item)));
  if (problems.length > 0) return problems;
  return items.flatMap((item, i) => [
    ...hiddenProblems(items, item, i),
    ...doubleProblems(items, item, i),
  ]);
}

function itemProblems(item: PriceItem): Problem[] {
  const { id, measure, per, grain, pricing, times, where } = item;
  const problems = checkSlug({ path: "id", value: id });
  if (!Object.hasOwn(measures, measure)) {
    const [meant] = closest(measure, measureNames, 1);
    const cure = meant ? `did you mean "${meant}"?` : `use one of ${measureNames.join(", ")}`;
    return [...problems, { path: "measure", message: `"${measure}" is no measure; ${cure}` }];
  }
  const units = unitsFor(measure);
  if (!priceUnitNames.includes(per) || !units.includes(per)) {
    const cure = `use ${units.join(", ")}`;
    return [...problems, { path: "per", message: `"${per}" is no unit of ${measure}; ${cure}` }];
  }
  if (grain !== null && grain !== "unit" && measure !== "card-seconds") {
    const message = `"${grain}" is for card-seconds; use "unit", or leave it out`;
    problems.push({ path: "grain", message });
  }
  if (grain === "month" && times.length > 0) {
    const cure = 'leave out "times", or use a finer grain';
    problems.push({ path: "grain", message: `"month" cannot hold for some hours only; ${cure}` });
  }
  for (const [name, values] of Object.entries(where)) {
    if (values.length > 0) continue;
    const message = "names no value; name one or more, or leave the attribute out";
    problems.push({ path: `where.${name}`, message });
  }
  return [
    ...problems,
    ...times.flatMap((one, i) => below(`times[${i}]`, timesProblems(one))),
    ...(pricing.kind === "flat"
      ? priceProblems(pricing.price)
      : below(pricing.kind, stepProblems(pricing.steps, item))),
  ];
}

function timesProblems({ days, fromHour, toHour }: ItemTimes): Problem[] {
  const problems = [
    ...checkWhole({ path: "fromHour", value: fromHour, least: 0, most: 23 }),
    ...checkWhole({ path: "toHour", value: toHour, least: 1, most: 24 }),
  ];
  if (fromHour >= toHour) {
    const cure = "a night takes two entries, one up to 24 and one from 0";
    problems.push({ path: "toHour", message: `${toHour} is not after ${fromHour}; ${cure}` });
  }
  if (days.length === 0) problems.push({ path: "days", message: "names no day; name one or more" });
  const wrong = days.filter((day) => !weekdays.includes(day));
  return [
    ...problems,
    ...wrong.map((day) => ({
      path: "days",
      message: `"${day}" is not a day; use ${weekdays.join(", ")}`,
    })),
  ];
}

const priceProblems = (price: bigint): Problem[] =>
  price >= 0n ? [] : [{ path: "price", message: "is below zero; use 0 or more" }];

function stepProblems(steps: readonly PriceStep[], { per }: PriceItem): Problem[] {
  if (steps.length === 0) return [{ path: "", message: "is empty; give one or more" }];
  return steps.flatMap(({ upTo, price }, i): Problem[] => {
    const problems = below(`[${i}]`, priceProblems(price));
    const path = `[${i}].upTo`;
    const isLast = i === steps.length - 1;
    if (isLast !== (upTo === null)) {
      const message = isLast
        ? "ends the last step; write null, so that all above has a price"
        : "is open, but steps follow; say where it ends";
      return [...problems, { path, message }];
    }
    if (upTo === null) return problems;
    const before = steps[i - 1]?.upTo ?? 0n;
    if (upTo <= before) {
      problems.push({ path, message: "does not lie above the step before; let steps rise" });
    }
    if ((upTo * sizeOf(per)) % 1_000_000n !== 0n) {
      const message = `is no whole number of what is metered; use fewer decimals of ${per}`;
      problems.push({ path, message });
    }
    return problems;
  });
}

/** An item that an earlier one always goes before would never price anything. */
function hiddenProblems(items: readonly PriceItem[], item: PriceItem, index: number): Problem[] {
  const before = items.slice(0, index).findIndex((other) => hides(other, item));
  if (before < 0) return [];
  const message = `never holds: items[${before}] fits first; put it before that one, or narrow it`;
  return [{ path: `items[${index}]`, message }];
}

function hides(first: PriceItem, second: PriceItem): boolean {
  if (first.measure !== second.measure || first.basis !== second.basis) return false;
  const [hours, others] = [hoursOfTimes(first.times), hoursOfTimes(second.times)];
  if (hours && (!others || [...others].some((hour) => !hours.has(hour)))) return false;
  return Object.entries(first.where).every(([name, values]) =>
    second.where[name]?.every((value) => values.includes(value)),
  );
}

/** Card-seconds and work are two measures of the same cards. */
function doubleProblems(items: readonly PriceItem[], item: PriceItem, index: number): Problem[] {
  if (item.measure !== "work") return [];
  const other = items.findIndex(
    (one) => one.measure === "card-seconds" && one.basis === item.basis && meets(one, item),
  );
  if (other < 0) return [];
  const message =
    `prices by work what items[${other}] prices by time; ` +
    'tell the cards apart by "where", or leave one out';
  return [{ path: `items[${index}]`, message }];
}

/** Whether one use can fit both. */
const meets = (a: PriceItem, b: PriceItem): boolean =>
  Object.entries(a.where).every(([name, values]) => {
    const others = b.where[name];
    return !others || values.some((value) => others.includes(value));
  });
