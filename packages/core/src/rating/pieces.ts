import type { UsageLine } from "../metering/index.ts";
import { divide } from "../units/index.ts";
import { hourOfWeek } from "./item-hours.ts";
import type { ListVersion, PriceItem, PriceList } from "./price-list.ts";

/** A part of a usage line that one item of one version prices. */
export interface Piece {
  readonly line: UsageLine;
  /** Index of the version, and of the item in it. */
  readonly version: number;
  readonly item: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly quantity: bigint;
}

/** Usage that the list should price and does not. */
export interface Unpriced {
  readonly ref: string;
  readonly from: Temporal.Instant;
  readonly quantity: bigint;
  readonly why: "no-version" | "no-item";
}

export interface Cut {
  readonly pieces: readonly Piece[];
  readonly unpriced: readonly Unpriced[];
}

/** From `from` up to but not at `to`, nanoseconds since the epoch. */
interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Cuts a line where the month, the version or the item changes. A part of the time has that part
 * of the quantity, rounded down with what is left in the last part: whatever the cuts, the parts
 * sum to the line, and two months' parts to the whole.
 * A measure that a version has no item for at all is not billed by it, and gives no piece.
 */
export function cut(line: UsageLine, list: PriceList, month: Span): Cut {
  const whole = { from: line.from.epochNanoseconds, to: line.to.epochNanoseconds };
  const pieces: Piece[] = [];
  const unpriced: Unpriced[] = [];
  const take = (span: Span, version: number, item: number | undefined) => {
    const quantity = partOf(line, whole, span);
    if (item !== undefined) {
      pieces.push({ line, version, item, ...span, quantity });
    } else if (quantity > 0n) {
      const from = Temporal.Instant.fromEpochNanoseconds(span.from);
      const why = version < 0 ? "no-version" : "no-item";
      unpriced.push({ ref: line.ref, from, quantity, why });
    }
  };

  const within = overlap(whole, month);
  if (!within) return { pieces, unpriced };
  let end = within.from;
  for (const [index, version] of list.versions.entries()) {
    const part = overlap(within, { from: version.start ?? -big, to: version.end ?? big });
    if (!part) continue;
    if (part.from > end) take({ from: end, to: part.from }, -1, undefined);
    end = part.to;
    if (!prices(version, line)) continue;
    for (const { span, item } of byItem(line, version, part, list.timeZone)) {
      take(span, index, item);
    }
  }
  if (end < within.to || (end === within.from && !list.versions.some((one) => covers(one, end)))) {
    take({ from: end, to: within.to }, -1, undefined);
  }
  return { pieces, unpriced };
}

const big = 10n ** 30n;

const prices = ({ items }: ListVersion, { measure, basis }: UsageLine) =>
  items.some((item) => item.measure === measure && item.basis === basis);

const covers = ({ start, end }: ListVersion, at: bigint) =>
  (start ?? -big) <= at && at < (end ?? big);

/** Both may be of no length: an event has a moment, which lies in the span that starts there. */
function overlap(of: Span, within: Span): Span | undefined {
  if (of.from === of.to) return within.from <= of.from && of.from < within.to ? of : undefined;
  const from = of.from > within.from ? of.from : within.from;
  const to = of.to < within.to ? of.to : within.to;
  return from < to ? { from, to } : undefined;
}

function partOf({ quantity }: UsageLine, whole: Span, { from, to }: Span): bigint {
  const length = whole.to - whole.from;
  if (length === 0n) return quantity;
  const upTo = (at: bigint) =>
    at === whole.to ? quantity : divide(quantity * (at - whole.from), length, "down");
  return upTo(to) - upTo(from);
}

/** The span hour by hour where items hold for some hours only; else in one. */
function byItem(
  line: UsageLine,
  version: ListVersion,
  span: Span,
  timeZone: string,
): { span: Span; item: number | undefined }[] {
  const fitting = version.items.flatMap((item, i) => (fits(item, line) ? [i] : []));
  if (fitting.length === 0) return [{ span, item: undefined }];
  if (version.hours[fitting[0]!] === null) return [{ span, item: fitting[0]! }];

  const found: { span: Span; item: number | undefined }[] = [];
  let at = span.from;
  do {
    const { hour, endNs } = hourOfWeek(at, timeZone);
    const to = endNs < span.to ? endNs : span.to;
    const item = fitting.find((i) => version.hours[i]?.has(hour) ?? true);
    const last = found.at(-1);
    if (last && last.item === item) last.span = { from: last.span.from, to };
    else found.push({ span: { from: at, to }, item });
    at = to;
  } while (at < span.to);
  return found;
}

const fits = ({ measure, basis, where }: PriceItem, line: UsageLine): boolean =>
  measure === line.measure &&
  basis === line.basis &&
  Object.entries(where).every(([name, values]) => {
    const value = line.attributes[name];
    return value !== undefined && values.includes(value);
  });
