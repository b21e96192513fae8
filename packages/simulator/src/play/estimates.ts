import type { Booking } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";
import type { Insight } from "./insight.ts";
import type { JobState } from "./state.ts";

/** Writes down what each job was told of its start by the first decision that looked at it. */
export interface Estimates {
  /** Jobs that have come since. */
  readonly fresh: JobState[];
  /** After a decision: who started has been told "now", the others what follows from a booking. */
  told(nowMs: number, bookings: readonly Booking[], insight: Insight): void;
  /** A job starts for the first time: how far off was its booking? */
  started(state: JobState, nowMs: number): void;
}

/** So many of the last starts say how far off booked starts are. */
const remembered = 300;
/** Until so many have been seen, bookings are taken at their word, or half as long again. */
const least = 20;
const unproven = { p50: 1, p90: 1.5 };

/**
 * A booking is one instant, and goes by how long runs may take at most. What a job is told is the
 * wait up to it × what half, and nine of ten, of the last waits stayed below as shares of what was
 * booked for them: all of it known at the time.
 */
export function estimates(): Estimates {
  const fresh: JobState[] = [];
  const booked = new Map<JobId, number>();
  const ratios: number[] = [];
  let seen = 0;
  let stretch = unproven;

  const tell = (state: JobState, nowMs: number, startMs: number) => {
    booked.set(state.job.id, startMs);
    const waitMs = Math.max(0, startMs - nowMs);
    const p50Ms = Math.ceil(nowMs + waitMs * stretch.p50);
    state.estimate = { p50Ms, p90Ms: Math.ceil(nowMs + waitMs * stretch.p90) };
  };
  return {
    fresh,
    told(nowMs, bookings, { startOf }) {
      if (fresh.length === 0) return;
      const starts = startsOf(fresh, bookings);
      for (const state of fresh.splice(0)) {
        const startMs = starts.get(state.job.id);
        const own = startOf?.(state.job.id);
        if (state.phase === "running") state.estimate = { p50Ms: nowMs, p90Ms: nowMs };
        else if (own) state.estimate = own;
        else if (startMs !== undefined) tell(state, nowMs, startMs);
      }
    },
    started({ job }, nowMs) {
      const startMs = booked.get(job.id);
      booked.delete(job.id);
      if (startMs === undefined || startMs <= job.submittedMs) return;
      ratios[seen % remembered] = (nowMs - job.submittedMs) / (startMs - job.submittedMs);
      seen += 1;
      if (seen >= least && seen % (least / 2) === 0) stretch = stretchOf(ratios);
    },
  };
}

function stretchOf(ratios: readonly number[]) {
  const sorted = ratios.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!;
  return { p50: at(0.5), p90: at(0.9) };
}

function startsOf(fresh: readonly JobState[], bookings: readonly Booking[]): Map<JobId, number> {
  const ids = new Set(fresh.map(({ job }) => job.id));
  return new Map(
    bookings.filter(({ job }) => ids.has(job)).map(({ job, startMs }) => [job, startMs]),
  );
}
