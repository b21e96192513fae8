import type { Agreement } from "./agreement.ts";
import type { Cell } from "./cells.ts";
import type {
  ListVersion,
  Package,
  PackageId,
  PriceItemId,
  PriceList,
  PriceListId,
} from "./price-list.ts";
import { sizeOf } from "./price-unit.ts";

/** What is left of packages bought in one month, by the rules they were bought under. */
export interface PackageBalance {
  readonly list: PriceListId;
  readonly package: PackageId;
  readonly items: readonly PriceItemId[];
  readonly bought: Temporal.PlainYearMonth;
  /** The last month it can be used in; null: for ever. */
  readonly last: Temporal.PlainYearMonth | null;
  /** In steps of the items' measure. */
  readonly left: bigint;
}

/** Bought in this month: what is to be paid for them. */
export interface PackageFee {
  readonly rules: Package;
  readonly version: string;
  readonly count: number;
}

/** What can be used in a month, what of it is to be paid for, and what the list does not sell. */
export interface PackagesAtHand {
  readonly open: PackageBalance[];
  readonly fees: readonly PackageFee[];
  readonly unsold: readonly PackageId[];
}

/**
 * What can be used in a month: what was carried into it and what is bought in it; what ends first
 * comes first. A package keeps the rules of the version it was bought under.
 */
export function packagesAtHand(
  list: PriceList,
  agreement: Agreement,
  of: { month: Temporal.PlainYearMonth; carried: readonly PackageBalance[]; buys: boolean },
): PackagesAtHand {
  const { month, carried } = of;
  const version = versionAt(list, month);
  const due = agreement.packages.filter(
    ({ from, to }) => of.buys && compare(from, month) <= 0 && (!to || compare(month, to) <= 0),
  );
  const fees = due.flatMap(({ package: id, count }): PackageFee[] => {
    const rules = version?.packages.find((one) => one.id === id);
    return version && rules ? [{ rules, version: version.label, count }] : [];
  });
  const sold = new Set(fees.map(({ rules }) => rules.id));
  const fresh = fees.map(({ rules, count }) => balanceOf(rules, { list, month, count }));
  const kept = carried.filter(
    ({ last, left }) => left > 0n && (!last || compare(month, last) <= 0),
  );
  return {
    open: [...kept, ...fresh].sort(byEnd),
    fees,
    unsold: due.map((one) => one.package).filter((id) => !sold.has(id)),
  };
}

function balanceOf(
  { id, items, carryMonths, quantity }: Package,
  of: { list: PriceList; month: Temporal.PlainYearMonth; count: number },
): PackageBalance {
  const { list, month, count } = of;
  const last = carryMonths === null ? null : month.add({ months: carryMonths });
  const all = list.versions.flatMap((version) => version.items);
  const size = sizeOf(all.find((item) => items.includes(item.id))!.per);
  const left = (quantity * size * BigInt(count)) / 1_000_000n; // whole: checked with the list
  return { list: list.id, package: id, items, bought: month, last, left };
}

/**
 * Uses packages up for what a cell bills.
 * @returns what each of them covered, and what is left to be priced
 */
export function drawDown(
  cell: Cell,
  { list, open }: { list: PriceListId; open: PackageBalance[] },
): { covered: { from: PackageBalance; quantity: bigint }[]; rest: bigint } {
  let rest = cell.billed;
  const covered: { from: PackageBalance; quantity: bigint }[] = [];
  for (const [i, from] of open.entries()) {
    const isOfUse = from.list === list && from.items.includes(cell.item.id);
    if (rest === 0n || from.left === 0n || !isOfUse) continue;
    const quantity = rest < from.left ? rest : from.left;
    covered.push({ from, quantity });
    open[i] = { ...from, left: from.left - quantity };
    rest -= quantity;
  }
  return { covered, rest };
}

/** What can still be used once a month is over. */
export const carriedOver = (
  open: readonly PackageBalance[],
  month: Temporal.PlainYearMonth,
): PackageBalance[] =>
  open.filter(({ left, last }) => left > 0n && (!last || compare(month, last) < 0));

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

function byEnd(a: PackageBalance, b: PackageBalance): number {
  if (a.last && b.last && !a.last.equals(b.last)) return compare(a.last, b.last);
  if (!a.last !== !b.last) return a.last ? -1 : 1;
  return compare(a.bought, b.bought) || (a.package < b.package ? -1 : 1);
}

const compare = Temporal.PlainYearMonth.compare;
