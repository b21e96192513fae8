export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

/** Hours of a week are numbered from Monday 00:00. */
export const hoursOfWeek = 168;

/** The numbers of the hours from `fromHour` up to but not at `toHour`, on each of the days. */
export const hoursOn = (days: readonly Weekday[], fromHour: number, toHour: number): number[] =>
  days.flatMap((day) => {
    const midnight = weekdays.indexOf(day) * 24;
    return Array.from({ length: toHour - fromHour }, (_, i) => midnight + fromHour + i);
  });

/** Hours one after another, `to` not being one of them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The hours, in whatever order, as few stretches. */
export function stretchesOf(hours: readonly number[]): Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.to === hour) last.to = hour + 1;
    else found.push({ from: hour, to: hour + 1 });
  }
  return found;
}

/** `"friday 22:00 to saturday 06:00"`; a day ends at 24:00. */
export const nameOf = ({ from, to }: Stretch): string =>
  `${hourName(from, from)} to ${hourName(to - 1, to)}`;

/** The hour as counted on the day that holds another one. */
function hourName(onDayOf: number, hour: number): string {
  const day = Math.floor(onDayOf / 24);
  return `${weekdays[day]} ${String(hour - day * 24).padStart(2, "0")}:00`;
}
