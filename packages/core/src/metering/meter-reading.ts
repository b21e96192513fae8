import type { Id, TenantId } from "../units/index.ts";
import { attributesKey, type Attributes, type Basis, type Measure } from "./measure.ts";

/** Who reads a meter off: a gateway, an exporter of storage; chosen by whoever sends. */
export type SourceId = Id<"source">;

/**
 * One meter: what is read off for one tenant, at one thing, by one source. Its readings are
 * numbered 1, 2, 3 … and follow one another in time as their numbers do.
 */
export interface Meter {
  readonly source: SourceId;
  readonly tenant: TenantId;
  /** What it hangs on: an endpoint, a bucket, a run. */
  readonly resource: string;
  readonly measure: Measure;
  readonly basis: Basis;
  readonly attributes: Attributes;
}

/** One text for one meter. */
export const meterKey = (meter: Meter): string => {
  const { source, tenant, resource, measure, basis, attributes } = meter;
  return [source, tenant, resource, measure, basis, attributesKey(attributes)].join("\n");
};

/**
 * What passed from `from` up to `to`, in the measure's unit. Number and revision together name it
 * for ever. A revision above 0 corrects: it takes the place of the reading of the same number with
 * the revision before, which stays where it is.
 */
export interface MeterReading {
  readonly number: bigint;
  readonly revision: number;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly quantity: bigint;
}

/** So long after its end a reading is still taken. */
export const lateMaxDays = 35;
const lateMaxMs = lateMaxDays * 24 * 3_600_000;
/** Clocks of sources may be so much ahead. */
const aheadMaxMs = 300_000;

/** Why a meter reading was put aside instead of counted. */
export type OddMeterReason =
  | "ends-before-it-starts"
  | "beyond-bounds"
  | "in-the-future"
  | "too-late"
  | "number-reused"
  | "overlaps-another"
  | "unknown-run"
  | "unknown-tenant";

export type JudgedMeterReading =
  | { readonly kind: "new" | "repeat" }
  | { readonly kind: "odd"; readonly why: OddMeterReason };

/**
 * What a reading is among those known of its meter. A repeat is known as one however late it
 * comes: numbers are remembered for ever.
 *
 * @param known  at least those with the same number and the nearest on both sides of it
 */
export function judgeMeterReading(
  reading: MeterReading,
  known: readonly MeterReading[],
  receivedAt: Temporal.Instant,
): JudgedMeterReading {
  const same = known.find((one) => isNamedAs(one, reading));
  if (same) return isSame(same, reading) ? { kind: "repeat" } : odd("number-reused");
  const wrong = wrongByItself(reading, receivedAt);
  if (wrong) return odd(wrong);
  const newest = known.every(
    ({ number, revision }) => number !== reading.number || revision < reading.revision,
  );
  const others = newest ? counting(known).filter(({ number }) => number !== reading.number) : [];
  return others.some((one) => overlap(one, reading)) ? odd("overlaps-another") : { kind: "new" };
}

/** Those that count: of each number the one with the highest revision. By number. */
export function counting<
  R extends { readonly number: bigint | number; readonly revision?: number | undefined },
>(readings: readonly R[]): R[] {
  const newest = new Map<bigint | number, R>();
  for (const one of readings) {
    const before = newest.get(one.number);
    if (!before || (before.revision ?? 0) < (one.revision ?? 0)) newest.set(one.number, one);
  }
  return newest.size === readings.length
    ? [...readings]
    : [...newest.values()].sort((a, b) => (a.number < b.number ? -1 : 1));
}

const odd = (why: OddMeterReason) => ({ kind: "odd", why }) as const;

const quantityMax = 2n ** 62n;

function wrongByItself(
  { number, revision, from, to, quantity }: MeterReading,
  receivedAt: Temporal.Instant,
): OddMeterReason | undefined {
  if (isBefore(to, from)) return "ends-before-it-starts";
  const isInBounds = quantity >= 0n && quantity <= quantityMax && number >= 1n;
  if (!isInBounds || number > quantityMax || revision < 0 || revision > 32_767) {
    return "beyond-bounds";
  }
  const lateMs = receivedAt.epochMilliseconds - to.epochMilliseconds;
  if (lateMs > lateMaxMs) return "too-late";
  return -lateMs > aheadMaxMs ? "in-the-future" : undefined;
}

const isNamedAs = (a: MeterReading, b: MeterReading) =>
  a.number === b.number && a.revision === b.revision;

const isSame = (a: MeterReading, b: MeterReading) =>
  a.quantity === b.quantity && isSameTime(a.from, b.from) && isSameTime(a.to, b.to);

function overlap(other: MeterReading, reading: MeterReading): boolean {
  const [first, second] = other.number < reading.number ? [other, reading] : [reading, other];
  return isBefore(second.from, first.to);
}

/** Temporal's own comparison takes ten times longer, and there are very many readings. */
export const isBefore = (a: Temporal.Instant, b: Temporal.Instant): boolean =>
  a.epochNanoseconds < b.epochNanoseconds;

/** To the microsecond: finer digits are cut when a reading is stored. */
export const isSameTime = (a: Temporal.Instant, b: Temporal.Instant): boolean =>
  a.epochNanoseconds / 1000n === b.epochNanoseconds / 1000n;
