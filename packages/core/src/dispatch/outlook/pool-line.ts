import type { RunNow } from "../snapshot.ts";
import type { CardEnds, PoolState } from "../state.ts";
import { isFree, openCardLine, type CardLine } from "./card-line.ts";

/** When the pool's cards become free, as far as its runs end when they are expected to. */
export function poolLine(pool: PoolState, nowMs: number): CardLine {
  const atMs = Math.floor(nowMs / stepMs) * stepMs;
  const { ends: known, changes } = pool;
  if (known?.changes === changes && known.fromMs <= atMs && atMs < known.toMs) {
    return openCardLine(known.ends, nowMs);
  }
  pool.ends = endsOf(pool, atMs);
  return openCardLine(pool.ends.ends, nowMs);
}

/** What runs longer than expected is looked at anew every full minute. */
const stepMs = 60_000;

/** Runs are sorted, not cards: there are fewer of them. */
function endsOf(pool: PoolState, atMs: number): CardEnds {
  const { now, hosts, runs, changes } = pool;
  const size = now.closed ? 0 : hosts.totalCards;
  const ends = pool.ends?.ends.length === size ? pool.ends.ends : new Float64Array(size);
  const held: { readonly endMs: number; readonly cards: number }[] = [];
  let left = ends.length;
  let toMs = Infinity;
  for (const run of runs.values()) {
    const cards = Math.min(left, run.need.cards * run.shape.replicas);
    held.push({ endMs: endOf(run, atMs), cards });
    left -= cards;
    // Until the first is overdue nothing of this changes.
    toMs = Math.min(toMs, run.stopping ? atMs : run.expectedEndMs);
  }
  held.sort((a, b) => a.endMs - b.endMs);
  ends.fill(isFree, 0, left);
  let place = left;
  for (const { endMs, cards } of held) {
    for (const to = place + cards; place < to; place += 1) ends[place] = endMs;
  }
  return { ends, changes, fromMs: atMs, toMs: Math.max(toMs, atMs + 1) };
}

/** Of what runs longer than expected nobody knows more than that it has run so long. */
const overdueShare = 0.25;

export function endOf(
  { expectedEndMs, latestEndMs, sinceMs, stopping }: RunNow,
  atMs: number,
): number {
  if (stopping) return atMs;
  if (expectedEndMs > atMs) return expectedEndMs;
  return Math.min(Math.max(atMs, latestEndMs), atMs + (atMs - sinceMs) * overdueShare);
}
