/*
 * People declare round times. A trace says to the millisecond how long a job took; told so, every
 * job would be of a shape of its own.
 */

/** IEC 60063, series E12: twelve values for each factor of ten, none more than 11 % off. */
const e12 = [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2, 10] as const;

/** The nearest round time, by ratio; at least a second. */
export function roundTime(ms: number): number {
  if (ms <= 1000) return 1000;
  const decade = 10 ** Math.floor(Math.log10(ms));
  const lead = ms / decade;
  const nearest = e12.reduce((best, one) =>
    Math.abs(Math.log(one / lead)) < Math.abs(Math.log(best / lead)) ? one : best,
  );
  return Math.round(nearest * decade);
}

const hour = 3_600_000;
const day = 24 * hour;

/** Limits as the queues of centres have them. */
const limits = [hour / 4, hour, 4 * hour, 12 * hour, day, 3 * day, 7 * day, 14 * day, 30 * day];

/** The longest that a run may be asked for. */
export const longestRunMs = 366 * day;

/** The least usual limit that holds a run of `ms` with half as much to spare. */
export const usualLimitMs = (ms: number): number =>
  [...limits, 90 * day, 180 * day].find((limit) => limit >= 1.5 * ms) ?? longestRunMs;
