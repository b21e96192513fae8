/**
 * What meters count, each in whole steps of its own unit, so that every sum is exact.
 * `number` is how it is stored: given once, never used again for another.
 */
export const measures = {
  /** Whole cards held for a second. */
  "card-seconds": { number: 1, unit: "card-second" },
  /** Nameplate work of the cards held: 10,000 of them are one P·second. */
  work: { number: 2, unit: "0.1 TFLOPS·second" },
  "tokens-in": { number: 3, unit: "token" },
  /** Of the prompt, found in the cache. They are not among `tokens-in`. */
  "tokens-cached": { number: 4, unit: "token" },
  "tokens-out": { number: 5, unit: "token" },
  cpu: { number: 6, unit: "core-millisecond" },
  memory: { number: 7, unit: "MiB·second" },
  storage: { number: 8, unit: "MiB·second" },
  "bytes-out": { number: 9, unit: "byte" },
} as const satisfies Record<string, MeasureRule>;

export type Measure = keyof typeof measures;

interface MeasureRule {
  readonly number: number;
  readonly unit: string;
}

export const measureNames = Object.keys(measures) as Measure[];

const ofNumber: ReadonlyMap<number, Measure> = new Map(
  measureNames.map((name) => [measures[name].number, name]),
);

/** @returns undefined when no measure has the number */
export const measureOf = (number: number): Measure | undefined => ofNumber.get(number);

/**
 * What a figure is a figure of. `allocated`: set aside for somebody, busy or not; `used`: what was
 * really consumed of it. No figure is shown without saying which, and the two are never summed.
 */
export const bases = ["allocated", "used"] as const;
export type Basis = (typeof bases)[number];

/** Of each figure of a run's usage, which it is. */
export const basesOfRun = {
  cardSeconds: "allocated",
  work: "allocated",
  held: "allocated",
  cpuTime: "used",
  peakMemoryBytes: "used",
  busyTime: "used",
} as const satisfies Record<string, Basis>;

/** What distinguishes usage of one measure: the card's model, a place, an endpoint. By name. */
export type Attributes = Readonly<Record<string, string>>;

/** One text for equal attributes, whatever order they were written in. */
export const attributesKey = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
