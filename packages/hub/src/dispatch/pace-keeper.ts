import { firstPace, leasesLeft, nextPace, type Pace, type Policy } from "@wadi/core/dispatch";
import type { CentreId } from "@wadi/core/units";
import type { UnacknowledgedLeases } from "../jobs/index.ts";

/**
 * How fast each centre takes leases, as the leader has seen it. Kept in memory only: another leader
 * begins slowly and has learnt the same within seconds.
 */
export interface PaceKeeper {
  /** How many more leases each centre takes in the round that begins now. */
  look(
    unacknowledged: ReadonlyMap<CentreId, UnacknowledgedLeases>,
    at: { centres: readonly CentreId[]; policy: Policy["pace"]; nowMs: number },
  ): Map<CentreId, number>;
  /** Leases that a round has given out, once it is committed. */
  note(leased: ReadonlyMap<CentreId, number>): void;
  /** For those who watch: of each centre its cap, and what lay with it at the last look. */
  caps(): ReadonlyMap<CentreId, { readonly cap: number; readonly lying: number }>;
}

interface Kept {
  readonly pace: Pace;
  /** Leases that lay with it after the last round. */
  readonly lying: number;
  readonly loweredMs: number | null;
}

export function keepPace(): PaceKeeper {
  const kept = new Map<CentreId, Kept>();
  return {
    look(unacknowledged, { centres, policy, nowMs }) {
      const left = new Map<CentreId, number>();
      for (const id of kept.keys()) if (!centres.includes(id)) kept.delete(id);
      for (const centre of centres) {
        const before = kept.get(centre) ?? { pace: firstPace(policy), lying: 0, loweredMs: null };
        const now = unacknowledged.get(centre);
        const lying = now?.runs ?? 0;
        const seen = {
          lying,
          acknowledged: Math.max(0, before.lying - lying),
          oldestMs: now ? Math.max(0, nowMs - now.oldestMs) : 0,
        };
        const sinceMs = before.loweredMs === null ? null : nowMs - before.loweredMs;
        const { lowered, ...pace } = nextPace(before.pace, { seen, sinceMs, policy });
        kept.set(centre, { pace, lying, loweredMs: lowered ? nowMs : before.loweredMs });
        left.set(centre, leasesLeft(pace, lying));
      }
      return left;
    },
    note(leased) {
      for (const [centre, runs] of leased) {
        const one = kept.get(centre);
        if (one) kept.set(centre, { ...one, lying: one.lying + runs });
      }
    },
    caps: () => new Map([...kept].map(([id, { pace, lying }]) => [id, { cap: pace.cap, lying }])),
  };
}
