import {
  below,
  checkSlug,
  checkText,
  checkUnique,
  timeZoneNamed,
  type Problem,
} from "../capacity/index.ts";
import { checkItems } from "./check-items.ts";
import { checkPackages } from "./check-packages.ts";
import { hoursOfTimes } from "./item-hours.ts";
import type { ListVersion, ListVersionDraft, PriceList, PriceListDraft } from "./price-list.ts";

/** A price list that keeps all its rules, or everything that is wrong with it. */
export type CheckedPriceList =
  | { readonly kind: "ok"; readonly value: PriceList }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/**
 * Checks a price list and lays it out. Refused, each with its place and a cure: versions that
 * overlap or leave a gap, an item that another one before it hides, steps that do not rise, units
 * that do not fit the measure, the same cards priced both by time and by work.
 */
export function priceList(draft: PriceListDraft): CheckedPriceList {
  const problems = [
    ...checkSlug({ path: "id", value: draft.id }),
    ...checkText({ path: "name.en", value: draft.name.en }),
    ...checkText({ path: "name.zh", value: draft.name.zh }),
    ...checkText({ path: "source.text", value: draft.source.text }),
    ...checkZone(draft.timeZone),
    ...draft.versions.flatMap((version, i) => below(`versions[${i}]`, versionProblems(version))),
    ...continuityProblems(draft.versions),
    ...sameMeasureProblems(draft.versions),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  const timeZone = timeZoneNamed(draft.timeZone)!;
  const versions = [...draft.versions].sort(byStart).map((one) => laidOut(one, timeZone));
  return { kind: "ok", value: { ...draft, timeZone, versions } };
}

/** Orders versions by their first day. */
export const byStart = (
  a: { readonly from: Temporal.PlainDate | null },
  b: { readonly from: Temporal.PlainDate | null },
): number => {
  if (!a.from || !b.from) return a.from ? 1 : b.from ? -1 : 0;
  return Temporal.PlainDate.compare(a.from, b.from);
};

function laidOut(version: ListVersionDraft, timeZone: string): ListVersion {
  const startOf = (day: Temporal.PlainDate | null) =>
    day === null ? null : day.toZonedDateTime(timeZone).epochNanoseconds;
  return {
    ...version,
    label: version.from?.toString() ?? "start",
    start: startOf(version.from),
    end: startOf(version.to),
    hours: version.items.map(({ times }) => hoursOfTimes(times)),
  };
}

function checkZone(name: string): Problem[] {
  if (timeZoneNamed(name) !== undefined) return [];
  const message = `"${name}" is not a named time zone; use an IANA name such as Asia/Shanghai`;
  return [{ path: "timeZone", message }];
}

function versionProblems({ from, to, items, free, packages }: ListVersionDraft): Problem[] {
  const problems = [
    ...checkUnique({ ids: items.map(({ id }) => id), path: (i) => `items[${i}].id` }),
    ...checkItems(items),
    ...checkPackages(packages, items),
    ...checkUnique({ ids: free, path: (i) => `free[${i}]` }),
  ];
  if (items.length + free.length === 0) {
    problems.push({ path: "items", message: "is empty; price something, or name it in free" });
  }
  if (from && to && Temporal.PlainDate.compare(from, to) >= 0) {
    problems.push({ path: "to", message: `${to} is not after ${from}; end it later` });
  }
  return problems;
}

/** Versions follow one another without overlap or gap. */
function continuityProblems(versions: readonly ListVersionDraft[]): Problem[] {
  if (versions.length === 0) return [{ path: "versions", message: "is empty; give one or more" }];
  const inOrder = versions.map(({ from, to }, index) => ({ from, to, index })).sort(byStart);
  return inOrder.slice(1).flatMap(({ from, index }, i): Problem[] => {
    const before = inOrder[i]!;
    const path = `versions[${index}].from`;
    if (!before.to) {
      const cure = "end that one on the day this one starts";
      return [
        { path, message: `comes after versions[${before.index}], which has no end; ${cure}` },
      ];
    }
    const end = `${before.to}, the end of versions[${before.index}]`;
    if (!from || Temporal.PlainDate.compare(from, before.to) < 0) {
      const start = from ?? "the beginning of time";
      return [{ path, message: `${start} is before ${end}; start it there` }];
    }
    if (from.equals(before.to)) return [];
    return [{ path, message: `${from} leaves a gap after ${end}; start it there` }];
  });
}

/** Steps count an item's quantity through a month, also where prices change in it. */
function sameMeasureProblems(versions: readonly ListVersionDraft[]): Problem[] {
  const first = new Map<string, { measure: string; per: string }>();
  return versions.flatMap(({ items }, v) =>
    items.flatMap(({ id, measure, per }, i): Problem[] => {
      const before = first.get(id);
      if (!before) first.set(id, { measure, per });
      if (!before || (before.measure === measure && before.per === per)) return [];
      const was = `${before.measure} per ${before.per}`;
      const message = `"${id}" is ${measure} per ${per} here and ${was} before; give it its own id`;
      return [{ path: `versions[${v}].items[${i}].id`, message }];
    }),
  );
}
