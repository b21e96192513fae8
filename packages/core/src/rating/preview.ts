import { minus, type MicroYuan } from "../units/index.ts";
import { differences } from "./differences.ts";
import { rate, type RatedMonth, type RatingOrder } from "./rate.ts";
import type { RatedLine } from "./rated-line.ts";

/** One way to price the same usage. */
export type Offer = Pick<RatingOrder, "list" | "agreement">;

export interface Previewed {
  readonly rated: RatedMonth;
  /** What it costs more than the first offer; below zero: less. */
  readonly more: MicroYuan;
  readonly lines: readonly RatedLine[];
}

/**
 * What the same month of usage would cost by each offer, in their order; the others are compared
 * with the first.
 */
export function preview(
  usage: Omit<RatingOrder, "list" | "agreement">,
  offers: readonly Offer[],
): Previewed[] {
  const all = offers.map((offer) => rate({ ...usage, ...offer }));
  return all.map((rated) => ({
    rated,
    more: minus(rated.total, all[0]!.total),
    lines: differences(all[0]!, rated).lines,
  }));
}
