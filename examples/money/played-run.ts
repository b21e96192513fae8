import { dayAt, earlier, isUntil, lastDay, lastEnd } from "./calendar.ts";
import type { PlannedJob } from "./plan-jobs.ts";

/** What a centre reports of a run; the number in its journal is given when it is sent. */
export type Entry = Readonly<Record<string, unknown>>;

/** A run at a played centre. */
export interface PlayedRun {
  /** That it runs; said once. */
  begin(): Entry[];
  /** What has come to be known since, up to now: readings, and the end once it has ended. */
  report(now: Temporal.Instant): Entry[];
  /** Whether it has ended, and all of it was told but what comes after the close. */
  isOver(): boolean;
  /** What is told after the close only. */
  rest(): Entry[];
  readonly isLost: boolean;
}

/** When what is late is told: a day after; in any case before the month ends. */
const lateBy = { hours: 24 } as const;

/** @param at  when it begins; it ends by `lastEnd` */
export function playRun(
  { run, generation }: { run: string; generation: number },
  { job, at, isRerun }: { job: PlannedJob; at: Temporal.Instant; isRerun: boolean },
): PlayedRun {
  const end = isRerun && job.end === "lost" ? "succeeded" : job.end;
  const endsAt = earlier(at.add({ minutes: job.minutes }), lastEnd);
  const kept: { due: Temporal.Instant | null; entry: Entry }[] = [];
  let [readTo, number, isTold] = [at, 0, false];
  const entry = (kind: string, when: Temporal.Instant, more: object): Entry => {
    return { kind, at: `${when}`, run, generation, ...more };
  };
  const stateEntry = (state: string, when: Temporal.Instant, exitCode: number | null) =>
    entry("state", when, {
      ...{ state, exitCode, signal: null, message: "", isolation: null, slots: [] },
    });
  const reading = (to: Temporal.Instant, final: boolean): Entry => {
    const from = readTo;
    [readTo, number] = [to, number + 1];
    const held = Math.round(to.since(at).total("seconds"));
    const use = { cards: job.replicas * job.cards, cpuTime: `${held}s` };
    const more = { number, from: `${from}`, to: `${to}`, ...use };
    return entry("reading", to, { ...more, peakMemoryBytes: "1073741824", final });
  };
  const lastReadings = (): Entry[] => {
    const mid = readTo.add({ seconds: Math.floor(endsAt.since(readTo).total("seconds") / 2) });
    const [one, two] = [reading(mid, false), reading(endsAt, true)];
    if (job.odd !== "late" && job.odd !== "after-close") return [one, two];
    const due = job.odd === "late" ? earlier(endsAt.add(lateBy), lastReport) : null;
    kept.push({ due, entry: one });
    return [two];
  };
  const takeDue = (isDue: (due: Temporal.Instant | null) => boolean): Entry[] => {
    const due = kept.filter((one) => isDue(one.due));
    for (const one of due) kept.splice(kept.indexOf(one), 1);
    return due.map((one) => one.entry);
  };
  return {
    isLost: end === "lost",
    begin: () => [stateEntry("running", at, null)],
    report: (now) => {
      const late = takeDue((due) => due !== null && isUntil(due, now));
      if (isTold) return late;
      if (!isUntil(endsAt, now)) return isUntil(now, readTo) ? [] : [reading(now, false)];
      isTold = true;
      const readings = lastReadings();
      const again = job.odd === "twice" ? readings.slice(0, 1) : [];
      const exitCode = { succeeded: 0, failed: 1, lost: null }[end];
      return [...readings, ...again, stateEntry(end, endsAt, exitCode)];
    },
    isOver: () => isTold && kept.every(({ due }) => due === null),
    rest: () => takeDue(() => true),
  };
}

/** Centres report for the last time in the month. */
export const lastReport = dayAt(lastDay, 22);
