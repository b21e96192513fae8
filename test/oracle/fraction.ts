/* Exact fractions. The oracle reckons in nothing else; only where the rules say "round down to the
   fen" does one become whole. */

export interface Fraction {
  readonly n: bigint;
  /** Above 0. */
  readonly d: bigint;
}

export const whole = (n: bigint): Fraction => ({ n, d: 1n });
export const zero = whole(0n);

export const ratio = (n: bigint, d: bigint): Fraction => {
  const by = gcd(n < 0n ? -n : n, d);
  return by === 0n ? zero : { n: n / by, d: d / by };
};

export const add = (a: Fraction, b: Fraction) => ratio(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Fraction, b: Fraction) => ratio(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Fraction, b: Fraction) => ratio(a.n * b.n, a.d * b.d);
export const over = (a: Fraction, b: Fraction) => ratio(a.n * b.d, a.d * b.n);
export const isLess = (a: Fraction, b: Fraction) => a.n * b.d < b.n * a.d;
export const smaller = (a: Fraction, b: Fraction) => (isLess(b, a) ? b : a);
export const larger = (a: Fraction, b: Fraction) => (isLess(a, b) ? b : a);
export const sum = (all: readonly Fraction[]) => all.reduce(add, zero);
export const positive = (a: Fraction) => larger(a, zero);

/** The largest multiple of `grain` that is not above. */
export function floorTo(a: Fraction, grain: bigint): Fraction {
  const d = a.d * grain;
  const quotient = a.n / d;
  const isBelow = a.n < 0n && quotient * d !== a.n;
  return whole((isBelow ? quotient - 1n : quotient) * grain);
}

/** Whole fen of micro-yuan. */
export const floorFen = (a: Fraction) => floorTo(a, 10_000n);

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
