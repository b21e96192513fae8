import type { AddedData } from "./with-data.ts";

/** How a trace becomes a workload. What is left out is as the trace has it. */
export interface WorkloadOptions {
  /** Shown with the results; the file's name where none is given. */
  readonly name?: string;
  /** On which cards the jobs of a trace may run that names none, or names cards of other makes. */
  readonly models?: readonly CardSpeed[];
  /** The column that says whose a job is. */
  readonly tenants?: string;
  /** Every job asks for this many times its cards, at least one. */
  readonly cardsScale?: number;
  /** At most this many cards a replica, where a trace knows no replicas; 8. */
  readonly cardsPerReplica?: number;
  /**
   * What is declared is wrong by a factor from 1/`estimateError` to `estimateError`, each job's
   * drawn from `seed`; 1: right.
   */
  readonly estimateError?: number;
  /** Declared to the millisecond; else to the nearest of twelve times for each factor of ten. */
  readonly exactEstimates?: boolean;
  readonly seed?: number;
  /** Data sets for jobs that have none, drawn from `seed`; else such jobs need no data. */
  readonly data?: AddedData;
  /** When the first job is submitted; else when the trace says. */
  readonly from?: Temporal.Instant;
}

/** True run time on `model` is the traced time ÷ `speed`. */
export interface CardSpeed {
  readonly model: string;
  readonly speed: number;
  /** What the trace calls these cards, where it names any. */
  readonly named?: string;
}

/** The first Monday of 2026, in UTC: where a trace counts its seconds from nothing. */
export const noDayMs = Date.UTC(2026, 0, 5);

/** @throws RangeError that names the option, what it is and what is right */
export function checkOptions(options: WorkloadOptions): void {
  const { cardsScale = 1, cardsPerReplica = 8, estimateError = 1, seed = 1 } = options;
  const rules: readonly [boolean, string, number, string][] = [
    [cardsScale > 0 && cardsScale <= 1000, "cardsScale", cardsScale, "above 0, at most 1000"],
    [
      Number.isInteger(cardsPerReplica) && cardsPerReplica >= 1 && cardsPerReplica <= 4096,
      "cardsPerReplica",
      cardsPerReplica,
      "a whole number from 1 to 4096",
    ],
    [estimateError >= 1 && estimateError <= 1000, "estimateError", estimateError, "1 to 1000"],
    [Number.isSafeInteger(seed), "seed", seed, "a whole number"],
    ...(options.models ?? []).map(({ model, speed }): [boolean, string, number, string] => [
      speed > 0 && speed <= 1000,
      `speed of ${model}`,
      speed,
      "above 0, at most 1000",
    ]),
  ];
  if (options.data && !(options.data.share >= 0 && options.data.share <= 1)) {
    throw new RangeError(`data.share is ${options.data.share}; it must be 0 to 1`);
  }
  if (options.data?.places.length === 0) {
    throw new RangeError("data.places is empty; name the places where data may lie");
  }
  for (const [isGood, name, value, right] of rules) {
    if (!isGood) throw new RangeError(`${name} is ${value}; it must be ${right}`);
  }
  const models = (options.models ?? []).map(({ model }) => model);
  const twice = models.find((model, index) => models.indexOf(model) !== index);
  if (twice !== undefined) throw new RangeError(`models names ${twice} twice; name it once`);
}
