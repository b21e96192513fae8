/** A length of time in milliseconds; a branded number, so that its name need not say the unit. */
export type Duration = number & { readonly __unit: "ms" };
export const durationOf = (milliseconds: number) => milliseconds as Duration;

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/**
 * Reads a duration in milliseconds: `"90s"`, `"15m"`, `"2h30m"`, `"1d"`, `"250ms"`. Units come
 * largest first, each once.
 * @returns undefined when the text is not such a duration
 */
export function parseDuration(text: string): Duration | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!match || text === "") return undefined;
  const units: readonly Unit[] = ["d", "h", "m", "s", "ms"];
  const sum = units.reduce((ms, unit, i) => ms + Number(match[i + 1] ?? 0) * unitMs[unit], 0);
  return Number.isSafeInteger(sum) ? durationOf(sum) : undefined;
}

/** Writes milliseconds in the grammar of `parseDuration`, exact: `"2h30m"`; zero is `"0s"`. */
export function formatDuration(duration: Duration): string {
  let rest = Math.round(duration);
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text || "0s";
}
