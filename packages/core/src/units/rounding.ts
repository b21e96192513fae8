/**
 * The only place where a fraction becomes a whole number. Who loses the fraction is a rule of
 * money, so every caller names the direction:
 *
 * | what                               | direction | why                                         |
 * |------------------------------------|-----------|---------------------------------------------|
 * | a run's seconds                    | up        | a started second is held for whole          |
 * | the charge for usage (micro-yuan)  | up        | a run is never free                         |
 * | public money (to the fen)          | down      | a published rate is a ceiling               |
 * | the platform's fee (micro-yuan)    | down      | the provider keeps the fraction             |
 * | an amount to hold (micro-yuan)     | up        | a hold covers whatever the charge can be    |
 */
export type Rounding = "down" | "up";

/**
 * `numerator ÷ denominator` as a whole number, towards minus infinity (`down`) or plus infinity
 * (`up`).
 * @throws RangeError when the denominator is not positive
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new RangeError(`denominator ${denominator} is not positive`);
  const quotient = numerator / denominator; // truncates towards zero
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  if (rounding === "down") return numerator < 0n ? quotient - 1n : quotient;
  return numerator < 0n ? quotient : quotient + 1n;
}
