import { least } from "../units/index.ts";
import type { Agreement } from "./agreement.ts";
import type { Cell } from "./cells.ts";
import type { ListVersion, Package, PackageId, PriceList } from "./price-list.ts";
import { sizeOf } from "./price-unit.ts";

/** What is left of packages bought in one month. */
export interface PackageBalance {
  readonly package: PackageId;
  readonly bought: Temporal.PlainYearMonth;
  /** The last month it can be used in; null: for ever. */
  readonly last: Temporal.PlainYearMonth | null;
  /** In steps of the items' measure. */
  readonly left: bigint;
}

/** A package at hand in a month, with its rules. */
export interface OpenPackage {
  readonly rules: Package;
  readonly balance: PackageBalance;
}

/** Bought in this month: what is to be paid for them. */
export interface PackageFee {
  readonly rules: Package;
  readonly version: string;
  readonly count: number;
}

/**
 * What can be used in a month: what was carried into it and what is bought in it; what ends first
 * comes first. A package keeps the rules of the version it was bought under.
 * @throws RangeError where the month's version does not sell a package, or a balance is of none
 */
export function openPackages(
  list: PriceList,
  agreement: Agreement,
  { month, carried }: { month: Temporal.PlainYearMonth; carried: readonly PackageBalance[] },
): { open: OpenPackage[]; fees: PackageFee[] } {
  const fees = agreement.packages
    .filter(({ from, to }) => compare(from, month) <= 0 && (!to || compare(month, to) <= 0))
    .map(({ package: id, count }) => ({ ...rulesIn(list, { id, month }), count }));
  const fresh = fees.map(({ rules, count }): OpenPackage => {
    const { id, carryMonths, quantity } = rules;
    const last = carryMonths === null ? null : month.add({ months: carryMonths });
    const size = sizeOf(unitOf(rules, list));
    const left = (quantity * size * BigInt(count)) / 1_000_000n; // whole: checked with the list
    return { rules, balance: { package: id, bought: month, last, left } };
  });
  const kept = carried
    .filter(({ last, left }) => left > 0n && (!last || compare(month, last) <= 0))
    .map((balance): OpenPackage => {
      const { rules } = rulesIn(list, { id: balance.package, month: balance.bought });
      return { rules, balance };
    });
  return { open: [...kept, ...fresh].sort(byEnd), fees };
}

/**
 * Uses packages up for what a cell bills.
 * @returns what each of them covered, and what is left to be priced
 */
export function drawDown(
  cell: Cell,
  open: OpenPackage[],
): { covered: { from: OpenPackage; quantity: bigint }[]; rest: bigint } {
  let rest = cell.billed;
  const covered: { from: OpenPackage; quantity: bigint }[] = [];
  for (const [i, one] of open.entries()) {
    const { rules, balance } = one;
    if (rest === 0n || balance.left === 0n || !rules.items.includes(cell.item.id)) continue;
    const quantity = least(rest as never, balance.left as never) as bigint;
    covered.push({ from: one, quantity });
    open[i] = { rules, balance: { ...balance, left: balance.left - quantity } };
    rest -= quantity;
  }
  return { covered, rest };
}

/** What goes on into the next month. */
export const carriedOver = (
  open: readonly OpenPackage[],
  month: Temporal.PlainYearMonth,
): PackageBalance[] =>
  open
    .map(({ balance }) => balance)
    .filter(({ left, last }) => left > 0n && (!last || compare(month, last) < 0));

function rulesIn(
  list: PriceList,
  { id, month }: { id: PackageId; month: Temporal.PlainYearMonth },
): { rules: Package; version: string } {
  const version = versionAt(list, month);
  const rules = version?.packages.find((one) => one.id === id);
  if (version && rules) return { rules, version: version.label };
  throw new RangeError(`the price list ${list.id} sells no package ${id} in ${month}`);
}

/** The version that holds when the month begins; else the first that starts in it. */
function versionAt(
  { versions, timeZone }: PriceList,
  month: Temporal.PlainYearMonth,
): ListVersion | undefined {
  const at = month.toPlainDate({ day: 1 }).toZonedDateTime(timeZone).epochNanoseconds;
  return (
    versions.find(({ start, end }) => (start ?? at) <= at && (end === null || at < end)) ??
    versions.find(({ from }) => from?.toPlainYearMonth().equals(month))
  );
}

function unitOf({ items }: Package, { versions }: PriceList) {
  const all = versions.flatMap((version) => version.items);
  return all.find(({ id }) => items.includes(id))!.per;
}

function byEnd({ balance: a }: OpenPackage, { balance: b }: OpenPackage): number {
  if (a.last && b.last && !a.last.equals(b.last)) return compare(a.last, b.last);
  if (!a.last !== !b.last) return a.last ? -1 : 1;
  return compare(a.bought, b.bought) || (a.package < b.package ? -1 : 1);
}

const compare = Temporal.PlainYearMonth.compare;
