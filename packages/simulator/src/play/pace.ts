import type { Decision } from "../dispatcher.ts";
import { rankOf, type Play } from "./state.ts";

/** When decisions are made: soon after something changed, and not too often. */
export interface Pacer {
  /** A decision is wanted as soon as the pace allows. */
  ask(play: Play): void;
  /** A decision is wanted now. */
  hurry(play: Play): void;
  /** Whether a decision that was put among the events still stands. */
  isDue(atMs: number): boolean;
  /** A decision was made: it is made again when the first start that it booked comes. */
  done(play: Play, decision: Decision): void;
  /** A booked start has come. */
  woken(play: Play): void;
}

const hourMs = 3_600_000;
/** So often decisions may follow one another at one instant, when each stops runs. */
const repeatsMax = 8;

export function pacer(everyMs: number): Pacer {
  let dueMs = Infinity;
  let lastMs = -Infinity;
  let wakeMs = Infinity;
  let repeats = 0;
  /** Grows while booked starts come and nothing starts, as when a run takes longer than it said. */
  let patienceMs = everyMs;
  let isOnlyWoken = false;

  const plan = (play: Play, atMs: number) => {
    if (atMs >= dueMs) return;
    dueMs = atMs;
    play.events.push({ kind: "decide", rank: rankOf.decide, atMs });
  };
  return {
    ask(play) {
      isOnlyWoken = false;
      plan(play, Math.max(play.nowMs, lastMs + everyMs));
    },
    hurry(play) {
      repeats = play.nowMs === lastMs ? repeats + 1 : 0;
      if (repeats < repeatsMax) plan(play, play.nowMs);
    },
    isDue: (atMs) => atMs === dueMs,
    done(play, { placements, bookings, preemptions }) {
      lastMs = play.nowMs;
      dueMs = Infinity;
      if (preemptions.length > 0 && play.isDirty) this.hurry(play);
      const isIdle = placements.length === 0 && preemptions.length === 0;
      patienceMs = isOnlyWoken && isIdle ? Math.min(2 * patienceMs, hourMs) : everyMs;
      isOnlyWoken = false;
      const first = bookings.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
      const atMs = Math.ceil(Math.max(first, lastMs + patienceMs));
      if (atMs === Infinity || (wakeMs > lastMs && wakeMs <= atMs)) return;
      wakeMs = atMs;
      play.events.push({ kind: "wake", rank: rankOf.wake, atMs });
    },
    woken(play) {
      if (play.nowMs === wakeMs) wakeMs = Infinity;
      if (play.tally.waiting() === 0) return;
      isOnlyWoken = !play.isDirty;
      plan(play, Math.max(play.nowMs, lastMs + everyMs));
    },
  };
}
