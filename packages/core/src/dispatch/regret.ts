import { waitingWorth } from "./cost.ts";
import type { Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import type { Preferred } from "./preference.ts";
import type { PoolId } from "../units/index.ts";
import type { Judged, WaitingShape } from "./state.ts";

/** How far a pool is from the best one for a shape. */
export interface Regret {
  readonly preferred: Preferred;
  /**
   * What a millisecond there costs more, its time valued as waiting, than the same work costs where
   * it costs least; 0 or more, in micro-yuan.
   */
  readonly perMs: number;
}

/**
 * By pool that may run the shape. Of two runs each should have the cards where they together regret
 * least: with nothing but time to count, where the sum of their speeds, each measured by its own
 * best, is greatest. It tells nothing of how long a run is, so that long runs are not served before
 * short ones.
 */
export function regretsOf(decision: Decision, entry: WaitingShape): ReadonlyMap<PoolId, Regret> {
  const { state, nowMs } = decision;
  const judged = judgedOf(state, entry, nowMs);
  const known = worked.get(judged);
  if (known) return known;
  const worthPerMs = Number(waitingWorth(entry.shape, state.policy)) / 3_600_000;
  const whole = judged.preferred.map(({ judged: { estimate }, rank }) => {
    const { data, waiting } = estimate.cost;
    return Number(rank - data - waiting) + worthPerMs * estimate.runTime;
  });
  const least = Math.min(...whole);
  const made = new Map(
    judged.preferred.map((preferred, i): [PoolId, Regret] => {
      const { pool, estimate } = preferred.judged;
      return [pool.id, { preferred, perMs: (whole[i]! - least) / estimate.runTime }];
    }),
  );
  worked.set(judged, made);
  return made;
}

/** Kept beside what it follows from. */
const worked = new WeakMap<Judged, ReadonlyMap<PoolId, Regret>>();
