import { monthHours } from "../capacity/index.ts";
import type { Measure } from "../metering/index.ts";

const second = 1n;
const minute = 60n * second;
const hour = 60n * minute;
const day = 24n * hour;
/** A month that is a unit has 720 hours, as in all price lists by the P·month. */
const month = monthHours * hour;
const pSecond = 10_000n;
const gib = 1024n;

/** What prices are per: of which measure, and how many of its steps. */
export const priceUnits = {
  "card-second": { measure: "card-seconds", size: second },
  "card-minute": { measure: "card-seconds", size: minute },
  "card-hour": { measure: "card-seconds", size: hour },
  "card-day": { measure: "card-seconds", size: day },
  "card-month": { measure: "card-seconds", size: month },
  "p-second": { measure: "work", size: pSecond },
  "p-hour": { measure: "work", size: pSecond * hour },
  "p-month": { measure: "work", size: pSecond * month },
  token: { measure: "tokens", size: 1n },
  "thousand-tokens": { measure: "tokens", size: 1000n },
  "million-tokens": { measure: "tokens", size: 1_000_000n },
  "core-second": { measure: "cpu", size: 1000n },
  "core-hour": { measure: "cpu", size: 1000n * hour },
  "gib-hour": { measure: "held", size: gib * hour },
  "gib-month": { measure: "held", size: gib * month },
  "tib-month": { measure: "held", size: 1024n * gib * month },
  "gb-out": { measure: "bytes-out", size: 10n ** 9n },
  "gib-out": { measure: "bytes-out", size: 2n ** 30n },
} as const satisfies Record<string, { measure: MeasureFamily; size: bigint }>;

export type PriceUnit = keyof typeof priceUnits;
export const priceUnitNames = Object.keys(priceUnits) as PriceUnit[];

/** Measures that are counted in the same steps. */
type MeasureFamily = "card-seconds" | "work" | "tokens" | "cpu" | "held" | "bytes-out";

const familyOf: Readonly<Record<Measure, MeasureFamily>> = {
  "card-seconds": "card-seconds",
  work: "work",
  "tokens-in": "tokens",
  "tokens-cached": "tokens",
  "tokens-out": "tokens",
  cpu: "cpu",
  memory: "held",
  storage: "held",
  "bytes-out": "bytes-out",
};

/** How many of the measure's steps one unit is. */
export const sizeOf = (unit: PriceUnit): bigint => priceUnits[unit].size;

/** The units that a measure can be priced by. */
export const unitsFor = (measure: Measure): PriceUnit[] =>
  priceUnitNames.filter((unit) => priceUnits[unit].measure === familyOf[measure]);

/**
 * What a use is rounded up to: begun seconds, minutes, hours, days of each card; the whole month;
 * or begun price units. Rounded once for each use, not for each reading.
 */
export const grains = ["second", "minute", "hour", "day", "month", "unit"] as const;
export type Grain = (typeof grains)[number];

/** In steps of the measure, for each card held; null: a month, which is no number of steps. */
export function grainSize(grain: Grain, unit: PriceUnit): bigint | null {
  const sizes = { second, minute, hour, day, month: null, unit: sizeOf(unit) };
  return sizes[grain];
}

/** A whole number of every unit, and of millionths: amounts over it are exact. */
export const exactPerMicroYuan: bigint =
  priceUnitNames.map(sizeOf).reduce(leastCommonMultiple, 1n) * 1_000_000n;

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
