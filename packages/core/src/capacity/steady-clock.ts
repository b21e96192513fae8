/** A stretch of time over which a zone keeps one distance to UTC. Nanoseconds since the epoch. */
export interface SteadyClock {
  /** Local time less UTC. */
  readonly offset: bigint;
  readonly from: bigint;
  /** When it changes; null: never, as far as is known. */
  readonly to: bigint | null;
}

/**
 * The stretch that holds `at`. Asking Temporal takes far longer than all the rest of pricing, and
 * one region asks the same few zones about the same few months: so stretches are kept.
 */
export function steadyClock(timeZone: string, at: bigint): SteadyClock {
  const known = stretches.get(timeZone) ?? [];
  const found = known.find(({ from, to }) => from <= at && (to === null || at < to));
  if (found) return found;
  const asked = askTemporal(timeZone, at);
  stretches.set(timeZone, [asked, ...known].slice(0, stretchesMax));
  return asked;
}

/** By zone, last asked first; a zone with summer time has two a year. */
const stretches = new Map<string, readonly SteadyClock[]>();
const stretchesMax = 24;

function askTemporal(timeZone: string, at: bigint): SteadyClock {
  const local = Temporal.Instant.fromEpochNanoseconds(at).toZonedDateTimeISO(timeZone);
  return {
    offset: BigInt(local.offsetNanoseconds),
    from: at,
    to: local.getTimeZoneTransition("next")?.epochNanoseconds ?? null,
  };
}
