import type { Fleet } from "../fleet/fleet.ts";

export interface GeneratorOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly tenants: number;
  /** Jobs are submitted from then on, for so many days. */
  readonly from: Temporal.Instant;
  readonly days: number;
  /** What the jobs are made for: its card models, its places, its size. */
  readonly fleet: Pick<Fleet, "name" | "pools">;
  /** Card-hours that the jobs ask for, as a part of what the fleet has in these days; 1: all. */
  readonly load: number;
  /** How many kinds of work there are: jobs of a kind have the same shape or nearly so; 300. */
  readonly kinds?: number;
  /** What tenants declare is wrong by a factor from 1/`estimateError` to `estimateError`; 2. */
  readonly estimateError?: number;
  /** Whose hours and weekdays people keep; Asia/Shanghai. */
  readonly timeZone?: string;
}

/** @throws RangeError that names the option, what it is and what is right */
export function checkGenerator(options: GeneratorOptions): void {
  const { seed, jobs, tenants, days, load, kinds = 300, estimateError = 2 } = options;
  const whole: readonly [string, number, number][] = [
    ["jobs", jobs, 10_000_000],
    ["tenants", tenants, 1_000_000],
    ["days", days, 3660],
    ["kinds", kinds, 1_000_000],
  ];
  for (const [name, value, most] of whole) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    throw new RangeError(`${name} is ${value}; it must be a whole number from 1 to ${most}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed is ${seed}; use a whole number`);
  if (!(load > 0 && load <= 100)) throw new RangeError(`load is ${load}; use above 0 to 100`);
  if (!(estimateError >= 1 && estimateError <= 1000)) {
    throw new RangeError(`estimateError is ${estimateError}; use 1 to 1000`);
  }
}
