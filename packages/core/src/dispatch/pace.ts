import type { PacePolicy } from "./policy.ts";

/** How fast a centre takes leases, as it has shown so far. */
export interface Pace {
  /** How many leases it may hold that it has not acknowledged. */
  readonly cap: number;
}

/** What a centre did since it was looked at last. */
export interface Seen {
  /** Leases it has acknowledged meanwhile: it reported a state of the run. */
  readonly acknowledged: number;
  /** Leases that lie with it now. */
  readonly lying: number;
  /** How long the oldest of those has lain; 0 without any. */
  readonly oldestMs: number;
}

/** A lease that lies so long says that the centre takes them more slowly than they come. */
export const lyingTooLongMs = 30_000;

/** Where every centre begins, and begins anew when another hub leads: slowly. */
export const firstPace = ({ unacknowledgedMin }: PacePolicy): Pace => ({ cap: unacknowledgedMin });

/**
 * The pace after a look: up by what was acknowledged, so that it at most doubles with each full
 * turn, while nothing lies too long; down by half when something does, once for each such time.
 * Always within the policy's bounds. Of a centre that is given nothing, nothing is learnt.
 *
 * @param sinceMs  how long ago it was lowered last; null: never
 */
export function nextPace(
  { cap }: Pace,
  { seen, sinceMs, policy }: { seen: Seen; sinceMs: number | null; policy: PacePolicy },
): Pace & { readonly lowered: boolean } {
  const within = (value: number) =>
    Math.min(policy.unacknowledgedMax, Math.max(policy.unacknowledgedMin, Math.floor(value)));
  const isSlow = seen.lying > 0 && seen.oldestMs >= lyingTooLongMs;
  if (!isSlow) return { cap: within(cap + seen.acknowledged), lowered: false };
  // What was handed out before the last halving is still on its way: it says nothing new.
  const isNews = sinceMs === null || sinceMs >= lyingTooLongMs;
  return { cap: within(isNews ? cap / 2 : cap), lowered: isNews };
}

/** How many more leases a centre takes now. */
export const leasesLeft = ({ cap }: Pace, lying: number): number => Math.max(0, cap - lying);
