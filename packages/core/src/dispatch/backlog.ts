import { waitsUntil } from "./later.ts";
import {
  bestStart,
  cheapestStart,
  holdStart,
  type BestStart,
  type StartBounds,
} from "./outlook/best-start.ts";
import type { CardLine } from "./outlook/card-line.ts";
import { poolLine } from "./outlook/pool-line.ts";
import type { Group } from "./queue/groups.ts";
import type { PoolState, RegionState, WaitingShape } from "./state.ts";

/**
 * What is ahead of a job in this round: which cards will be free when, with all that was placed and
 * all that waits before it. Worked out only where somebody asks, since most rounds never do.
 */
export interface Backlog {
  /** The group's remaining jobs wait for room: they come before whoever is looked at later. */
  wait(group: Group): void;
  /** Cards of a pool were given out in this round. */
  place(pool: PoolState, held: { cards: number; untilMs: number }): void;
  /** Where one job costs less than `below`, waiting counted; it is not held for it. */
  startBelow(
    entry: WaitingShape,
    bounds: StartBounds & { readonly below: number },
  ): BestStart | undefined;
  /** The job waits for that start. */
  hold(start: BestStart): void;
}

/** So many waiting jobs are laid out one by one; of the rest it is known that they are there. */
const laidOutMost = 1000;

export function openBacklog(state: RegionState, nowMs: number): Backlog {
  const lines = new Map<PoolState, CardLine>();
  const placed = new Map<PoolState, { cards: number; untilMs: number }[]>();
  const ahead: { readonly group: Group; readonly from: number; readonly to: number }[] = [];
  let laidOut = 0;
  let waiting = 0;

  const lineOf = (pool: PoolState): CardLine => {
    const known = lines.get(pool);
    if (known) return known;
    const line = poolLine(pool, nowMs);
    for (const held of placed.get(pool) ?? []) hold(line, held);
    lines.set(pool, line);
    return line;
  };
  const hold = (line: CardLine, { cards, untilMs }: { cards: number; untilMs: number }) =>
    line.hold(cards, { fromMs: nowMs, untilMs });
  const at = { state, nowMs, lineOf };
  const layOut = () => {
    for (const { group, from, to } of ahead.splice(0)) {
      for (let i = from; i < to && laidOut < laidOutMost; i += 1) {
        const untilMs = waitsUntil(state.policy, group.jobs[i]!);
        const start = bestStart(at, group.entry as WaitingShape, { untilMs });
        if (!start) break;
        holdStart(start, lineOf);
        laidOut += 1;
      }
    }
  };

  return {
    wait(group) {
      const [from, to] = [group.taken, group.jobs.length];
      waiting += to - from;
      if (laidOut + ahead.length < laidOutMost) ahead.push({ group, from, to });
    },
    place(pool, held) {
      const line = lines.get(pool);
      if (line) hold(line, held);
      const before = placed.get(pool);
      if (before) before.push(held);
      else placed.set(pool, [held]);
    },
    startBelow(entry, bounds) {
      layOut();
      const { below } = bounds;
      const start = cheapestStart(at, entry, { ...bounds, scarcity: state.scarcity });
      if (!start || waiting <= laidOut) return start;
      // As many again are ahead as were not laid out: the wait grows by as much.
      const wait = start.startMs - nowMs;
      const longer = (wait * waiting) / Math.max(1, laidOut);
      const worth =
        start.worth + (start.worth - Number(start.preferred.rank)) * (longer / wait - 1);
      return wait > 0 && worth >= below ? undefined : start;
    },
    hold(start) {
      holdStart(start, lineOf);
      laidOut += 1;
      waiting += 1;
    },
  };
}
