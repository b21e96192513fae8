import { eventQueue } from "./event-queue.ts";

/** A clock on which things can be put to happen. */
export interface FakeClock {
  /** Milliseconds since it was made. */
  nowMs(): number;
  /** The same as Unix time: a pretend clock always begins on the same day. */
  epochMs(): number;
  at(atMs: number, act: () => void): void;
}

/** Stands still until it is turned. */
export interface PretendClock extends FakeClock {
  /** Lets what comes due happen, in its order, each at its own time. */
  advance(ms: number): void;
}

export function pretendClock(): PretendClock {
  const due = eventQueue<() => void>();
  const begun = Date.UTC(2026, 0, 1);
  let now = 0;
  return {
    nowMs: () => now,
    epochMs: () => begun + now,
    at: (atMs, act) => due.add(atMs, act),
    advance(ms) {
      const until = now + ms;
      while (due.nextAtMs !== undefined && due.nextAtMs <= until) {
        now = Math.max(now, due.nextAtMs);
        due.take()?.();
      }
      now = until;
    },
  };
}

/** Goes by itself. One timer serves all that is waited for, however much that is. */
export function realClock(): FakeClock {
  const due = eventQueue<() => void>();
  const begunMs = Date.now();
  const begunMark = performance.now();
  const nowMs = () => performance.now() - begunMark;
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;

  const setTimer = () => {
    const next = due.nextAtMs;
    if (next === undefined || next >= timerAtMs) return;
    clearTimeout(timer);
    timerAtMs = next;
    timer = setTimeout(
      () => {
        timerAtMs = Number.POSITIVE_INFINITY;
        while (due.nextAtMs !== undefined && due.nextAtMs <= nowMs()) due.take()?.();
        setTimer();
      },
      Math.max(0, next - nowMs()),
    );
    timer.unref(); // A process with nothing else to do need not wait for fake runs.
  };
  return {
    nowMs,
    epochMs: () => Math.round(begunMs + nowMs()),
    at(atMs, act) {
      due.add(atMs, act);
      setTimer();
    },
  };
}
