import type { FakeClock } from "@wadi/agent";

/** On the clock that all processes of the machine share. */
export const sharedMs = () => Number(process.hrtime.bigint()) / 1e6;

/** The clock of a far centre, shared with its agent. */
export interface FarClock extends FakeClock {
  /** Lets happen what has come due and had to wait, because the test was busy. */
  catchUp(): void;
}

/**
 * Goes by itself. What comes due happens at its own time, however late it is looked at: the centre
 * is not the test's process and does not stand still with it.
 */
export function farClock(): FarClock {
  const due: { atMs: number; act: () => void }[] = [];
  const begunEpochMs = Date.now() - sharedMs();
  let happensAtMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const nowMs = () => happensAtMs ?? sharedMs();

  function catchUp(): void {
    if (happensAtMs !== undefined) return; // it does so already
    while (due.length > 0 && due[0]!.atMs <= sharedMs()) {
      const { atMs, act } = due.shift()!;
      happensAtMs = atMs;
      try {
        act();
      } finally {
        happensAtMs = undefined;
      }
    }
    clearTimeout(timer);
    if (due.length > 0) timer = setTimeout(catchUp, Math.max(0, due[0]!.atMs - sharedMs())).unref();
  }

  return {
    nowMs,
    epochMs: () => Math.round(begunEpochMs + nowMs()),
    at: (atMs, act) => {
      const later = due.findIndex((other) => other.atMs > atMs);
      due.splice(later < 0 ? due.length : later, 0, { atMs, act });
      catchUp();
    },
    catchUp,
  };
}
