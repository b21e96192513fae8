/**
 * Reads a plain decimal as a whole number of its smallest step: `("1.25", 6)` is `1250000n`.
 * No exponent, no grouping, no leading `+`; more decimals than `scale` are refused, not rounded.
 * @returns undefined when the text is not such a number
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "0", decimals = ""] = match;
  if (decimals.length > scale) return undefined;
  const steps = BigInt(whole + decimals.padEnd(scale, "0"));
  return sign === "-" ? -steps : steps;
}

/** The opposite of `parseDecimal`: exact, trailing zeros cut down to `leastDecimals`. */
export function formatDecimal(
  steps: bigint,
  { scale, leastDecimals }: { scale: number; leastDecimals: number },
): string {
  const digits = (steps < 0n ? -steps : steps).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const decimals = digits
    .slice(digits.length - scale)
    .replace(/0+$/, "")
    .padEnd(leastDecimals, "0");
  return `${steps < 0n ? "-" : ""}${whole}${decimals ? `.${decimals}` : ""}`;
}
