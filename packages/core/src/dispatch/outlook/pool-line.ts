import type { RunNow } from "../snapshot.ts";
import type { PoolState } from "../state.ts";
import { isFree, openCardLine, type CardLine } from "./card-line.ts";

/** When the pool's cards become free, as far as its runs end when they are expected to. */
export function poolLine(pool: PoolState, nowMs: number): CardLine {
  const atMs = Math.floor(nowMs / stepMs) * stepMs;
  const { ends: known, changes } = pool;
  if (known?.atMs === atMs && known.changes === changes) return openCardLine(known.ends, nowMs);
  const ends = endsOf(pool, atMs);
  pool.ends = { atMs, changes, ends };
  return openCardLine(ends, nowMs);
}

/** Worked out as of full minutes, and kept while no run comes or goes. */
const stepMs = 60_000;

function endsOf({ now, hosts, runs }: PoolState, atMs: number): Float64Array {
  const ends = new Float64Array(now.closed ? 0 : hosts.totalCards).fill(isFree);
  let place = 0;
  for (const run of runs.values()) {
    const to = Math.min(ends.length, place + run.need.cards * run.shape.replicas);
    ends.fill(endOf(run, atMs), place, to);
    place = to;
  }
  return ends.sort();
}

/** Of what runs longer than expected nobody knows more than that it has run so long. */
const overdueShare = 0.25;

function endOf({ expectedEndMs, latestEndMs, sinceMs, stopping }: RunNow, atMs: number): number {
  if (stopping) return atMs;
  if (expectedEndMs > atMs) return expectedEndMs;
  return Math.min(Math.max(atMs, latestEndMs), atMs + (atMs - sinceMs) * overdueShare);
}
