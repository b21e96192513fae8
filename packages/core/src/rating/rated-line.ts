import type { Basis, Measure } from "../metering/index.ts";
import { divide, microYuan, oneFen, type MicroYuan } from "../units/index.ts";
import type { BillRounding, PackageId, PriceItemId } from "./price-list.ts";
import { exactPerMicroYuan, sizeOf, type PriceUnit } from "./price-unit.ts";

/** One line of a month's bill. */
export interface RatedLine {
  readonly kind: LineKind;
  /** Label of the list's version; null of what the agreement and not the list says. */
  readonly version: string | null;
  readonly item: PriceItemId | null;
  readonly package: PackageId | null;
  readonly measure: Measure | null;
  readonly basis: Basis | null;
  readonly per: PriceUnit | null;
  /** Of the whole item, on each of its lines: as metered, in steps of the measure. */
  readonly metered: bigint;
  /** Of this line: as paid for, once uses are rounded to the grain. */
  readonly quantity: bigint;
  /** Of one unit. */
  readonly price: MicroYuan | null;
  /** 1 for the first step of prices that have steps. */
  readonly tier: number | null;
  readonly amount: MicroYuan;
  /** What of the usage is in it, in order. */
  readonly sources: readonly string[];
}

/**
 * In the order in which they stand on a bill: what packages covered, usage, what packages cost,
 * discounts, what is missing to the commitment, to the minimum, what is above the cap.
 */
export const lineKinds = [
  "covered",
  "usage",
  "package",
  "discount",
  "commitment",
  "minimum",
  "cap",
] as const;
export type LineKind = (typeof lineKinds)[number];

/** A line before the bill is rounded. */
export interface ExactLine extends Omit<RatedLine, "amount"> {
  /** Over `exactPerMicroYuan`: no fraction is lost. */
  readonly exact: bigint;
}

export const emptyLine = {
  ...{ version: null, item: null, package: null, measure: null, basis: null, per: null },
  ...{ metered: 0n, quantity: 0n, price: null, tier: null, sources: [] },
} as const satisfies Partial<ExactLine>;

/** What a quantity costs, exactly. */
export const exactCost = (of: { quantity: bigint; price: MicroYuan; per: PriceUnit }): bigint =>
  (of.quantity * of.price * exactPerMicroYuan) / sizeOf(of.per);

export const exactOf = (amount: MicroYuan): bigint => amount * exactPerMicroYuan;

/**
 * Rounds a bill, once: each line is what the rounded running sum grows by. So the lines sum to the
 * total, which differs from the exact one by less than one step, however many lines there are; and
 * each line differs from its exact amount by less than one step.
 */
export function roundBill(
  lines: readonly ExactLine[],
  rounding: BillRounding,
): { lines: RatedLine[]; total: MicroYuan } {
  const step = rounding.to === "fen" ? oneFen : 1n;
  const rounded = (exact: bigint) =>
    divide(exact, exactPerMicroYuan * step, rounding.direction) * step;
  let sum = 0n;
  let before = 0n;
  const made = lines.map(({ exact, ...line }): RatedLine => {
    sum += exact;
    const after = rounded(sum);
    const amount = microYuan(after - before);
    before = after;
    return { ...line, amount };
  });
  return { lines: made, total: microYuan(before) };
}

/** Names a line within its bill. */
export const lineKey = ({ kind, version, item, package: pack, tier }: LineName): string =>
  JSON.stringify([kind, version, item, pack, tier]);

type LineName = Pick<RatedLine, "kind" | "version" | "item" | "package" | "tier">;
