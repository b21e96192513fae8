import type { Layout, PoolWeights } from "./fit/index.ts";
import type { Eligible } from "./refuse.ts";
import type { PoolState } from "./state.ts";

/** A shape in one of its pools. */
interface At {
  readonly pool: PoolState;
  readonly judged: Eligible;
}

/** Whether it has found no room there and none has come back since. */
export function isStillFull({ pool, judged }: At): boolean {
  const known = judged.kept.laidOut;
  return known?.hosts === pool.hosts && !known.layout && known.gains === pool.gains;
}

/**
 * Where all replicas go in the pool now, whatever is promised there; undefined when they find no
 * room. Kept while the pool's runs are the same.
 * @param weights  how room is valued, where that is by the room of other pools as well
 */
export function layOutIn(
  { pool, judged }: At,
  { replicas, weights }: { replicas: number; weights: PoolWeights | undefined },
): Layout | undefined {
  const { need, kept } = judged;
  // What a round has given out it takes back at its end.
  const isOfRuns = pool.hosts.held === pool.runs.size;
  const known = kept.laidOut;
  if (known?.layout && known.hosts === pool.hosts && known.changes === pool.changes) {
    if (isOfRuns && !weights) return known.layout;
  }
  const layout = pool.hosts.layOut({ replicas, need }, weights && { weights });
  const { hosts, changes, gains } = pool;
  if (isOfRuns && !(layout && weights)) kept.laidOut = { hosts, changes, gains, layout };
  return layout;
}
