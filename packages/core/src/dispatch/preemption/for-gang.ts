import { openHeap } from "./heap.ts";
import { cheapestOnHost } from "./on-one-host.ts";
import type { RoomAfter } from "./room-after.ts";
import type { Stoppable } from "./stoppable.ts";

/** Runs that could be stopped next: one run, or those of a host that make room together. */
interface Move {
  readonly runs: readonly Stoppable[];
  readonly loss: number;
  /** How many replicas more it makes room for, and how many of those are still wanted. */
  readonly gain: number;
  readonly useful: number;
  /** Of equals the earlier one goes first. */
  readonly order: number;
  /** Holds as long as nothing that it was worked out from has changed. */
  readonly stamp: number;
}

export interface GangWish {
  readonly replicas: number;
  readonly byHost: readonly (readonly Stoppable[])[];
  readonly candidates: readonly Stoppable[];
  readonly weigh: (run: Stoppable) => number;
}

/**
 * Stops, again and again, what costs least for each replica that it makes room for, until the gang
 * fits. What it chose is stopped in `room`.
 * @returns undefined when the gang does not fit even so; then nothing is stopped
 */
export function stopForGang(room: RoomAfter, wish: GangWish): Stoppable[] | undefined {
  const moves = openMoves(room, wish);
  const chosen: Stoppable[] = [];
  while (room.total() < wish.replicas) {
    const move = moves.next(wish.replicas - room.total());
    if (move === undefined) {
      for (const run of chosen) room.spare(run);
      return undefined;
    }
    for (const run of move) room.stop(run);
    chosen.push(...move);
    moves.refresh(move);
  }
  return chosen;
}

function openMoves(room: RoomAfter, { byHost, candidates, weigh }: GangWish) {
  const heap = openHeap<Move>(isCheaper);
  const isStopped = new Uint8Array(candidates.length);
  // A run's stamp stands at its index, a host's behind those of all runs.
  const stamps = new Int32Array(candidates.length + byHost.length);

  function offer(order: number, runs: readonly Stoppable[]): void {
    const gain = room.gain(runs);
    if (gain <= 0) return;
    const loss = runs.reduce((sum, run) => sum + weigh(run), 0);
    heap.push({ runs, loss, gain, useful: gain, order, stamp: stamps[order]! });
  }
  function offerHost(host: number): void {
    const runs = byHost[host]!.filter(({ index }) => isStopped[index] === 0);
    if (runs.length < 2) return;
    const onHost = (run: Stoppable) => (weigh(run) * cardsOn(run, host)) / Math.max(1, run.cards);
    const replicas = room.on(host) + 1;
    const asked = { host, replicas, runs, runsMax: Number.POSITIVE_INFINITY, better: undefined };
    const choice = cheapestOnHost(room, { ...asked, weigh: onHost });
    if (choice && choice.runs.length > 1) offer(candidates.length + host, choice.runs);
  }
  for (const run of candidates) offer(run.index, [run]);
  for (const host of byHost.keys()) offerHost(host);

  return {
    /** The cheapest that may be done, when so many replicas are still wanted. */
    next(left: number): readonly Stoppable[] | undefined {
      for (let move = heap.pop(); move !== undefined; move = heap.pop()) {
        if (move.stamp !== stamps[move.order]) continue;
        const useful = Math.min(move.gain, left);
        if (useful < move.useful) heap.push({ ...move, useful });
        else if (mayStopAll(room, move.runs)) return move.runs;
        else if (move.order >= candidates.length) offerHost(move.order - candidates.length);
      }
      return undefined;
    },
    /** These runs are stopped now: their hosts, and what runs there, are worth another look. */
    refresh(stopped: readonly Stoppable[]): void {
      for (const { index } of stopped) isStopped[index] = 1;
      const hosts = new Set(stopped.flatMap(({ parts }) => parts.map(({ host }) => host)));
      const runs = new Set([...hosts].flatMap((host) => byHost[host]!));
      for (const run of runs) {
        stamps[run.index] = stamps[run.index]! + 1;
        if (isStopped[run.index] === 0) offer(run.index, [run]);
      }
      for (const host of hosts) {
        stamps[candidates.length + host] = stamps[candidates.length + host]! + 1;
        offerHost(host);
      }
    },
  };
}

function isCheaper(a: Move, b: Move): boolean {
  const byLoss = a.loss / a.useful - b.loss / b.useful;
  const byRuns = a.runs.length / a.useful - b.runs.length / b.useful;
  return (byLoss || byRuns || a.order - b.order) < 0;
}

function cardsOn({ parts }: Stoppable, host: number): number {
  return parts.reduce((sum, part) => sum + (part.host === host ? part.cards : 0), 0);
}

function mayStopAll(room: RoomAfter, runs: readonly Stoppable[]): boolean {
  const claimed: Stoppable[] = [];
  for (const run of runs) {
    if (!room.mayStop(run)) break;
    room.claim(run);
    claimed.push(run);
  }
  for (const run of claimed) room.unclaim(run);
  return claimed.length === runs.length;
}
