import { formatDuration, formatYuan, type Duration, type MicroYuan } from "@wadi/core/units";

/** The end of an id: what made it differ from others made at the same time. */
export const shortId = (id: string): string => id.slice(-8);

/** How long ago, in its largest unit: "12s", "3m", "5h", "40d"; "now" where clocks disagree. */
export function ago(at: Temporal.Instant, now: Temporal.Instant): string {
  const seconds = Math.floor((now.epochMilliseconds - at.epochMilliseconds) / 1000);
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** In the local time zone, to the second: "2026-11-22 08:41:05". */
export const localTime = (at: Temporal.Instant): string =>
  at
    .toZonedDateTimeISO(Temporal.Now.timeZoneId())
    .toPlainDateTime()
    .toString({ smallestUnit: "second" })
    .replace("T", " ");

/** The same, of an end: the hub writes the farthest day where there is none. */
export const lastTime = (at: Temporal.Instant, none = "no end"): string =>
  Temporal.Instant.compare(at, farthest) < 0 ? localTime(at) : none;

const farthest = Temporal.Instant.from("9998-01-01T00:00:00Z");

/** Between two instants, two units at most: "1h 20m". */
export function lasted(from: Temporal.Instant, to: Temporal.Instant): string {
  return duration((to.epochMilliseconds - from.epochMilliseconds) as Duration);
}

/** To the second, two units at most: "1h 20m", "45s"; below a second "0.3s". */
export function duration(length: Duration): string {
  if (length < 1000) return length <= 0 ? "0s" : `${(length / 1000).toFixed(1)}s`;
  const whole = formatDuration((Math.round(length / 1000) * 1000) as Duration);
  return whole
    .split(/(?<=[dhms])(?=\d)/)
    .slice(0, 2)
    .join(" ");
}

/** "1 claim", "2 claims". */
export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

export const money = (amount: MicroYuan): string => formatYuan(amount);

/** Money where there is none to show. */
export const moneyOr = (amount: MicroYuan | null, other = ""): string =>
  amount === null ? other : formatYuan(amount);

/** Bytes in the largest unit that leaves a whole number before the point: "1.4 GiB". */
export function size(bytes: bigint): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** The mark of cards that are emulated; `emulatedNote` says what it means. */
export const marked = (model: string, isEmulated: boolean) => (isEmulated ? `${model}*` : model);

const emulatedNote = "* emulated: slots without the real card";

/** What the mark means, below whatever shows it. */
export const footnotes = (rows: readonly { readonly emulated: boolean }[]): string[] =>
  rows.some(({ emulated }) => emulated) ? [emulatedNote] : [];
