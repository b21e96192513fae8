import type { Quantity } from "./quantity.ts";
import { divide, type Rounding } from "./rounding.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";

/** Money: one millionth of a yuan, so that the price of a single token is a whole number. */
export type MicroYuan = Quantity<"micro-yuan">;
/** Public money's own grain: one hundredth of a yuan. */
export type Fen = Quantity<"fen">;
/** A share of an amount, in millionths: 300,000 is 30 %. */
export type Rate = Quantity<"millionth">;

export const microYuan = (amount: bigint | number) => BigInt(amount) as MicroYuan;
export const fen = (amount: bigint | number) => BigInt(amount) as Fen;
export const rate = (millionths: bigint | number) => BigInt(millionths) as Rate;

/** Whole yuan as micro-yuan. */
export const yuan = (amount: bigint | number) => (BigInt(amount) * 1_000_000n) as MicroYuan;

export const noMoney = microYuan(0n);
export const oneFen = microYuan(10_000n);

/** The amount without its part below one fen (towards minus infinity). */
export const downToFen = (amount: MicroYuan): MicroYuan => toFenGrain(amount, "down");

/** The amount raised to the next whole fen (towards plus infinity). */
export const upToFen = (amount: MicroYuan): MicroYuan => toFenGrain(amount, "up");

/** `rate` of `amount`, as micro-yuan, rounded as asked. */
export const shareOf = (amount: MicroYuan, share: Rate, rounding: Rounding): MicroYuan =>
  divide(amount * share, 1_000_000n, rounding) as MicroYuan;

/**
 * Reads yuan: `"12"`, `"12.5"`, `"-0.000001"`. At most six decimals, no grouping, no exponent.
 * @returns undefined when the text is not such a number
 */
export const parseYuan = (text: string): MicroYuan | undefined =>
  parseDecimal(text, 6) as MicroYuan | undefined;

/** Writes yuan exactly, at least two decimals and as many as needed: `"12.50"`, `"0.000001"`. */
export const formatYuan = (amount: MicroYuan): string =>
  formatDecimal(amount, { scale: 6, leastDecimals: 2 });

/** Reads a share written as a decimal fraction, `"0.3"` for 30 %; at most six decimals. */
export const parseRate = (text: string): Rate | undefined =>
  parseDecimal(text, 6) as Rate | undefined;

/** Writes a share as a decimal fraction: `"0.3"`. */
export const formatRate = (share: Rate): string =>
  formatDecimal(share, { scale: 6, leastDecimals: 0 });

function toFenGrain(amount: MicroYuan, rounding: Rounding): MicroYuan {
  return (divide(amount, oneFen, rounding) * oneFen) as MicroYuan;
}
