import type { UsageLine } from "../metering/index.ts";
import type { MicroYuan } from "../units/index.ts";
import { plainAgreement, type Agreement } from "./agreement.ts";
import { agreedLines } from "./agreed-lines.ts";
import { cellsOf, type Cell } from "./cells.ts";
import {
  carriedOver,
  drawDown,
  packagesAtHand,
  type PackageBalance,
  type PackageFee,
} from "./package-balances.ts";
import { cut, type Piece } from "./pieces.ts";
import type { PackageId, PriceItem, PriceList, PriceListId } from "./price-list.ts";
import {
  emptyLine,
  exactCost,
  exactOf,
  lineKey,
  roundBill,
  type ExactLine,
  type RatedLine,
} from "./rated-line.ts";
import { inProportion, type Days } from "./stretches.ts";
import { tiersOf } from "./tiers.ts";
import { unpricedIn, type Unpriced } from "./unpriced.ts";

/** A month's usage and by what it is priced. */
export interface RatingOrder {
  /** In any order; what lies outside the month is another month's. */
  readonly usage: readonly UsageLine[];
  readonly list: PriceList;
  /** Left out: the list as it stands. */
  readonly agreement?: Agreement;
  /** Of the list's time zone. */
  readonly month: Temporal.PlainYearMonth;
  /** The days of the month that the agreement holds on; left out: all of them. */
  readonly days?: Days;
  /** False where an earlier agreement of the month has bought the packages already. */
  readonly buys?: boolean;
  /** What was left of packages when the time before ended. */
  readonly carried?: readonly PackageBalance[];
}

/** A month's bill, or that of some days of it. The lines sum to the total. */
export interface RatedMonth {
  readonly list: PriceListId;
  readonly month: Temporal.PlainYearMonth;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly lines: readonly RatedLine[];
  readonly total: MicroYuan;
  /** Usage that the list has no price for and does not give away: it is never free in silence. */
  readonly unpriced: readonly Unpriced[];
  /** Packages that the agreement buys and the list does not sell then. */
  readonly unsold: readonly PackageId[];
  /** What is left of packages for the time after. */
  readonly carried: readonly PackageBalance[];
}

/**
 * Prices a month's usage. Pure, and exact: the same usage in any order gives the same bill, byte
 * for byte. In this order: usage is cut where month, version or item change; each use is rounded up
 * to the item's grain; packages are used up, those that end first before others; what is left is
 * priced by steps that count the month through; then packages bought, discounts, the commitment,
 * the minimum, the cap; last the bill is rounded, once. Of some days only, amounts of a month count
 * in proportion to the days, and steps begin anew with each agreement.
 * @throws RangeError where the agreement is not one of this list
 */
export function rate(order: RatingOrder): RatedMonth {
  const { list, month, days, buys = true, carried = [] } = order;
  const { agreement = plainAgreement(list.id) } = order;
  if (agreement.list !== list.id) {
    throw new RangeError(`the agreement is of the price list ${agreement.list}, not ${list.id}`);
  }
  const whole = monthOf(list, month);
  const { from, to } = days ? timeOf(list, days) : whole;
  const span = { from: from.epochNanoseconds, to: to.epochNanoseconds };
  const cuts = order.usage.map((line) => cut(line, list, span));
  const pieces = cuts.flatMap((one) => one.pieces).sort(byTime);
  const cells = cellsOf(pieces, list);
  const { open, fees, unsold } = packagesAtHand(list, agreement, { month, carried, buys });

  const used = usageLines(cells, { list, agreement, open });
  const exact = [...used, ...fees.map(feeLine)];
  const agreed = agreedLines(exact, days ? inProportion(agreement, days) : agreement);
  const { lines, total } = roundBill([...exact, ...agreed], list.rounding);
  return {
    list: list.id,
    ...{ month, from, to, lines, total, unsold },
    unpriced: unpricedIn(cuts, list),
    carried: to.equals(whole.to) ? carriedOver(open, month) : open,
  };
}

/** A month of the list's time zone: from its first midnight up to the next month's. */
export function monthOf(
  { timeZone }: Pick<PriceList, "timeZone">,
  month: Temporal.PlainYearMonth,
): { from: Temporal.Instant; to: Temporal.Instant } {
  const [from, until] = [month, month.add({ months: 1 })].map((one) => one.toPlainDate({ day: 1 }));
  return timeOf({ timeZone }, { from: from!, until: until! });
}

/** Days of the list's time zone: from midnight to midnight. */
function timeOf(
  { timeZone }: Pick<PriceList, "timeZone">,
  { from, until }: Days,
): { from: Temporal.Instant; to: Temporal.Instant } {
  const start = (of: Temporal.PlainDate) => of.toZonedDateTime(timeZone).toInstant();
  return { from: start(from), to: start(until) };
}

interface Rules {
  readonly list: PriceList;
  readonly agreement: Agreement;
  readonly open: PackageBalance[];
}

function usageLines(cells: readonly Cell[], rules: Rules): ExactLine[] {
  const own = { list: rules.list.id, open: rules.open };
  const drawn = cells.map((cell) => ({ cell, ...drawDown(cell, own) }));
  const all = new Map<string, bigint>();
  for (const { cell, rest } of drawn) {
    all.set(cell.item.id, (all.get(cell.item.id) ?? 0n) + rest);
  }
  const before = new Map<string, bigint>();
  const covered: ExactLine[] = [];
  const priced: ExactLine[] = [];
  for (const { cell, covered: parts, rest } of drawn) {
    const common = commonOf(cell, rules.list);
    for (const { from, quantity } of parts) {
      const name = `${from.package}@${from.bought}` as PackageId;
      covered.push({ ...common, kind: "covered", package: name, quantity, exact: 0n });
    }
    const { id, per } = cell.item;
    const counts = { quantity: rest, before: before.get(id) ?? 0n, all: all.get(id)! };
    for (const one of tiersOf(agreedItem(cell.item, rules.agreement), counts)) {
      const exact = exactCost({ ...one, per });
      priced.push({ ...common, kind: "usage", ...one, exact });
    }
    before.set(id, counts.before + rest);
  }
  return [...merged(covered), ...priced];
}

function commonOf(cell: Cell, list: PriceList) {
  const { id, measure, basis, per } = cell.item;
  const { label } = list.versions[cell.version]!;
  const sources = [...cell.sources].sort();
  return {
    ...emptyLine,
    version: label,
    item: id,
    measure,
    basis,
    per,
    metered: cell.metered,
    sources,
  };
}

/** With the tenant's own price where there is one. */
function agreedItem(item: PriceItem, { prices }: Agreement): PriceItem {
  const own = prices.find((one) => one.item === item.id);
  return own ? { ...item, pricing: { kind: "flat", price: own.price } } : item;
}

/** Two purchases of one package in one month are one line. */
function merged(lines: readonly ExactLine[]): ExactLine[] {
  const byKey = new Map<string, ExactLine>();
  for (const line of lines) {
    const before = byKey.get(lineKey(line));
    const quantity = (before?.quantity ?? 0n) + line.quantity;
    byKey.set(lineKey(line), { ...line, quantity });
  }
  return [...byKey.values()];
}

const feeLine = ({ rules: { id, price }, version, count }: PackageFee): ExactLine => ({
  ...{ ...emptyLine, kind: "package", version, package: id, price },
  quantity: BigInt(count),
  exact: exactOf(price) * BigInt(count),
});

function byTime(a: Piece, b: Piece): number {
  return (
    ascending(a.from, b.from) ||
    ascending(a.to, b.to) ||
    (a.line.ref < b.line.ref ? -1 : a.line.ref > b.line.ref ? 1 : 0) ||
    a.item - b.item ||
    ascending(a.quantity, b.quantity)
  );
}

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
