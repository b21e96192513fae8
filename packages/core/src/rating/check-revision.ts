import type { Problem } from "../capacity/index.ts";
import { byStart } from "./check-price-list.ts";
import { hoursOfTimes } from "./item-hours.ts";
import type { ListVersionDraft, PriceItem, PriceListDraft } from "./price-list.ts";

/**
 * What the next revision of a list may not change, each with its place and a cure: the time zone,
 * by which months are cut, and what an item measures, by which packages are counted.
 */
export function checkRevision(before: PriceListDraft, after: PriceListDraft): Problem[] {
  const was = new Map(before.versions.flatMap(({ items }) => items.map((item) => [item.id, item])));
  const unlike = after.versions.flatMap(({ items }, v) =>
    items.flatMap(({ id, measure, per }, i): Problem[] => {
      const old = was.get(id);
      if (!old || (old.measure === measure && old.per === per)) return [];
      const path = `versions[${v}].items[${i}].id`;
      const message = `"${id}" was ${old.measure} per ${old.per} so far; give this its own id`;
      return [{ path, message }];
    }),
  );
  if (before.timeZone === after.timeZone) return unlike;
  const cure = "leave it, or give the list its own id";
  const message = `"${after.timeZone}" would move the months of bills: it is ${before.timeZone}`;
  return [{ path: "timeZone", message: `${message}; ${cure}` }, ...unlike];
}

/**
 * Items of one version whose use has no price in the next one, and no leave to cost nothing: not
 * wrong, and hardly meant. Each with the place of the version that lacks them, and a cure.
 *
 * @param before  the revision so far: its last version is held against the last one
 */
export function droppedItems(list: PriceListDraft, before?: PriceListDraft): Problem[] {
  const inOrder = list.versions.map((version, index) => ({ ...version, index })).sort(byStart);
  const last = inOrder.at(-1);
  const lastSoFar = before && [...before.versions].sort(byStart).at(-1);
  const told = new Map<string, Problem>();
  const compare = (from: ListVersionDraft, to: typeof last, whose: string) => {
    for (const item of to ? from.items.filter((one) => !isPriced(one, to)) : []) {
      const path = `versions[${to!.index}].items`;
      const cure = `price it, or add "${item.measure}" to free`;
      const lacks = `what item "${item.id}" of ${whose} prices has no price any more`;
      const key = `${path}/${item.id}`;
      if (!told.has(key))
        told.set(key, { path, message: `${lacks}, and could not be billed; ${cure}` });
    }
  };
  for (const [i, version] of inOrder.slice(1).entries()) {
    compare(inOrder[i]!, version, "the version before");
  }
  if (lastSoFar) compare(lastSoFar, last, "the revision so far");
  return [...told.values()];
}

/** Whether a version has a price for all that an item fits, as far as each of its items tells. */
function isPriced(item: PriceItem, { items, free }: ListVersionDraft): boolean {
  if (free.includes(item.measure)) return true;
  const covering = items.filter(
    ({ measure, basis, where }) =>
      measure === item.measure &&
      basis === item.basis &&
      Object.entries(where).every(([name, values]) =>
        item.where[name]?.every((value) => values.includes(value)),
      ),
  );
  const hours = covering.map(({ times }) => hoursOfTimes(times));
  if (hours.includes(null)) return true;
  const all = new Set(hours.flatMap((some) => [...some!]));
  const own = hoursOfTimes(item.times) ?? new Set(Array.from({ length: 168 }, (_, hour) => hour));
  return [...own].every((hour) => all.has(hour));
}
