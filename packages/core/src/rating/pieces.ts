import type { UsageLine } from "../metering/index.ts";
import { divide } from "../units/index.ts";
import { hourOfWeek } from "./item-hours.ts";
import type { ListVersion, PriceItem, PriceList } from "./price-list.ts";

/** From `from` up to but not at `to`, nanoseconds since the epoch. */
export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** A part of a usage line that one item of one version prices. */
export interface Piece extends Span {
  readonly line: UsageLine;
  /** Index of the version, and of the item in it. */
  readonly version: number;
  readonly item: number;
  readonly quantity: bigint;
}

/** A part of a usage line that no item fits. */
export interface Gap extends Span {
  /** Index of the version; null: none holds then. */
  readonly version: number | null;
}

export interface Cut {
  readonly line: UsageLine;
  readonly pieces: readonly Piece[];
  readonly gaps: readonly Gap[];
}

/**
 * Cuts a line where the month, the version or the item changes. A part of the time has that part
 * of the quantity, rounded down with what is left in the last part: whatever the cuts, the parts
 * sum to the line, and two months' parts to the whole.
 */
export function cut(line: UsageLine, list: PriceList, month: Span): Cut {
  const whole = { from: line.from.epochNanoseconds, to: line.to.epochNanoseconds };
  const pieces: Piece[] = [];
  const gaps: Gap[] = [];
  const within = overlap(whole, month);
  if (!within) return { line, pieces, gaps };
  let end = within.from;
  for (const [index, version] of list.versions.entries()) {
    const part = overlap(within, { from: version.start ?? -big, to: version.end ?? big });
    if (!part) continue;
    if (part.from > end) gaps.push({ version: null, from: end, to: part.from });
    end = part.to;
    for (const { span, item } of byItem(line, version, part, list.timeZone)) {
      if (item === undefined) gaps.push({ version: index, ...span });
      else
        pieces.push({ line, version: index, item, ...span, quantity: partOf(line, whole, span) });
    }
  }
  if (end < within.to || (end === within.from && !list.versions.some((one) => covers(one, end)))) {
    gaps.push({ version: null, from: end, to: within.to });
  }
  return { line, pieces, gaps };
}

/** What a line has of a span that lies in its time. */
export const quantityIn = (line: UsageLine, span: Span): bigint =>
  partOf(line, { from: line.from.epochNanoseconds, to: line.to.epochNanoseconds }, span);

const big = 10n ** 30n;

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
