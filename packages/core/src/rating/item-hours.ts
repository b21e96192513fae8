import { hoursOn, steadyClock } from "../capacity/index.ts";
import type { ItemTimes } from "./price-list.ts";

/** The hours of the week, Monday 00:00 being 0, that the times cover; null for none given. */
export const hoursOfTimes = (times: readonly ItemTimes[]): ReadonlySet<number> | null =>
  times.length === 0
    ? null
    : new Set(times.flatMap(({ days, fromHour, toHour }) => hoursOn(days, fromHour, toHour)));

/** The number of the local hour of the week that an instant lies in, and when that hour ends. */
export function hourOfWeek(epochNs: bigint, timeZone: string): { hour: number; endNs: bigint } {
  const { offset, to } = steadyClock(timeZone, epochNs);
  const local = epochNs + offset + sinceMondayNs;
  const inWeek = ((local % weekNs) + weekNs) % weekNs;
  const endNs = epochNs + hourNs - (inWeek % hourNs);
  return { hour: Number(inWeek / hourNs), endNs: to !== null && to < endNs ? to : endNs };
}

const hourNs = 3_600_000_000_000n;
const weekNs = 168n * hourNs;
/** 1970-01-01 was a Thursday. */
const sinceMondayNs = 72n * hourNs;
