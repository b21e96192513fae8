import type { RunNow } from "../snapshot.ts";
import { stopForGang, type GangWish } from "./for-gang.ts";
import { cheapestOnHost, type Choice } from "./on-one-host.ts";
import { roomAfter, type RoomAfter } from "./room-after.ts";
import { stoppable, type Stoppable } from "./stoppable.ts";
import type { PreemptionContext, Victims, Wanted } from "./wanted.ts";

/**
 * The runs of one pool to stop, whole, so that the job's gang fits there: those whose loss is least
 * in sum, then the fewest. Least of all for one replica; for more it is approached, and none could
 * be spared: without any one of them the gang would not fit. In the order of their jobs' ids.
 *
 * @param runs  of the pool, in any order; those that are being stopped count as gone
 * @returns undefined when no runs that may be stopped make room; none to stop when there is room as
 * soon as those are gone that are being stopped
 */
export function chooseVictims(
  wanted: Wanted,
  runs: readonly RunNow[],
  context: PreemptionContext,
): Victims | undefined {
  const room = roomAfter(wanted, runs, context);
  const { replicas } = wanted.gang;
  if (room.total() >= replicas) return [];
  if (context.runsLeft <= 0) return undefined;

  const candidates = stoppable(wanted, runs, context);
  const byHost: Stoppable[][] = context.hosts.hosts.map(() => []);
  for (const run of candidates) {
    for (const host of new Set(run.parts.map((part) => part.host))) byHost[host]!.push(run);
  }
  const weigh = ({ lossMicroYuan }: Stoppable) => lossMicroYuan;
  const wish = { replicas, byHost, candidates, weigh };
  const { runsLeft } = context;
  const chosen = replicas === 1 ? forOne(room, wish, runsLeft) : forMany(room, wish, runsLeft);
  return chosen
    ?.toSorted((a, b) => a.index - b.index)
    .map(({ run, loss, rule }) => ({ run, loss, rule }));
}

/** The cheapest of all hosts; of equals the one of smaller id. */
function forOne(
  room: RoomAfter,
  { byHost, weigh }: GangWish,
  runsMax: number,
): readonly Stoppable[] | undefined {
  let best: Choice | undefined;
  for (const [host, runs] of byHost.entries()) {
    if (runs.length === 0) continue;
    best = cheapestOnHost(room, { host, replicas: 1, runs, runsMax, weigh, better: best }) ?? best;
  }
  if (best === undefined) return undefined;
  for (const run of best.runs) room.stop(run);
  return spareUnneeded(room, best.runs, 1);
}

/** By least loss; where that stops more runs than may be, by fewest runs. */
function forMany(
  room: RoomAfter,
  wish: GangWish,
  runsMax: number,
): readonly Stoppable[] | undefined {
  const cheapest = stopNeeded(room, wish);
  if (cheapest === undefined || cheapest.length <= runsMax) return cheapest;
  for (const run of cheapest) room.spare(run);
  const fewest = stopNeeded(room, { ...wish, weigh: () => 1 });
  return fewest && fewest.length <= runsMax ? fewest : undefined;
}

function stopNeeded(room: RoomAfter, wish: GangWish): readonly Stoppable[] | undefined {
  const stopped = stopForGang(room, wish);
  return stopped && spareUnneeded(room, stopped, wish.replicas);
}

/** Spares again what was stopped for nothing in the end, the dearest first. */
function spareUnneeded(
  room: RoomAfter,
  stopped: readonly Stoppable[],
  replicas: number,
): readonly Stoppable[] {
  const dearestFirst = stopped.toSorted(
    (a, b) => b.lossMicroYuan - a.lossMicroYuan || b.index - a.index,
  );
  return dearestFirst.filter((run) => {
    room.spare(run);
    if (room.total() >= replicas) return false;
    room.stop(run);
    return true;
  });
}
