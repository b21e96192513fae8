/** A decimal number, exact: digits × 10^−scale. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** More than any amount has; a longer exponent is a slip, and would fill the memory. */
const exponentMax = 60;

/**
 * Reads a number as FOCUS writes them: digits, at most one point, a minus sign, an exponent behind
 * `E`; no plus sign, no grouping.
 * @returns undefined for any other text
 */
export function readDecimal(text: string): Decimal | undefined {
  const [, sign, whole, decimals = "", power = "0"] =
    /^(-?)(\d{1,60})(?:\.(\d{1,60}))?(?:[Ee](-?\d{1,3}))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const exponent = Number(power);
  if (Math.abs(exponent) > exponentMax) return undefined;
  const digits = BigInt(`${sign}${whole}${decimals}`);
  const scale = decimals.length - exponent;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export const timesDecimal = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
});

/** Whether two numbers are equal. */
export function equalDecimals(a: Decimal, b: Decimal): boolean {
  const [x, y] = alike(a, b);
  return x === y;
}

/** Makers that multiply in floating point are off by about so much of the whole: one part of it. */
const floatingParts = 10n ** 12n;

/**
 * Whether `cost` is `exact` as it is written: both are equal once `exact` is rounded to as many
 * decimals as `cost` has, half away from zero; or they differ by no more than floating point does.
 */
export function isRoundedFrom(cost: Decimal, exact: Decimal): boolean {
  const [found, wanted] = alike(cost, exact);
  const size = wanted < 0n ? -wanted : wanted;
  const off = found < wanted ? wanted - found : found - wanted;
  if (off * floatingParts <= size) return true;
  if (exact.scale <= cost.scale) return false;
  const step = 10n ** BigInt(exact.scale - cost.scale);
  const rounded = (size + step / 2n) / step;
  return (wanted < 0n ? -rounded : rounded) === cost.digits;
}

function alike(a: Decimal, b: Decimal): [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  const widened = (one: Decimal) => one.digits * 10n ** BigInt(scale - one.scale);
  return [widened(a), widened(b)];
}
