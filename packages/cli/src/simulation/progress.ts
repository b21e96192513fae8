import { durationOf } from "@wadi/core/units";
import type { Context } from "../context.ts";
import { duration } from "../show/format.ts";
import { cut } from "../show/width.ts";

/** How far all plays together are. */
export interface Progress {
  readonly ended: (at: number, jobs: number) => void;
  readonly played: (at: number) => void;
  /**
   * Shows it until the work is done: one line that changes on a terminal, else a line now and then.
   */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
}

const barWidth = 20;
/** Where nobody looks: a line so often. */
const lineEveryMs = 30_000;

export function progressOf(
  { jobs, names }: { jobs: number; names: readonly string[] },
  { note, during, isWatched, width }: Pick<Context, "note" | "during" | "isWatched" | "width">,
  now: () => number = () => performance.now(),
): Progress {
  const fromMs = now();
  const ended = names.map(() => 0);
  const words = () => {
    const done = ended.reduce((sum, one) => sum + one, 0);
    const busy = names.filter((_, at) => ended[at]! > 0 && ended[at]! < jobs);
    const line = progressWords({ done, all: jobs * names.length, tookMs: now() - fromMs });
    return cut([line, busy.join(", ")].join("  "), Math.min(width, 80) - 3);
  };
  return {
    ended: (at, count) => {
      ended[at] = count;
    },
    played: (at) => {
      ended[at] = jobs;
      if (!isWatched) note(`played ${names[at]} at ${duration(durationOf(now() - fromMs))}`);
    },
    during: async (work) => {
      if (isWatched) return during(words, work);
      const clock = setInterval(() => note(words()), lineEveryMs);
      return work.finally(() => clearInterval(clock));
    },
  };
}

/** `[████········]  34 %  12,300 jobs/s, 8s left`. */
export function progressWords({
  done,
  all,
  tookMs,
}: {
  done: number;
  all: number;
  tookMs: number;
}): string {
  const share = all === 0 ? 1 : done / all;
  const full = Math.floor(share * barWidth);
  const bar = "█".repeat(full) + "·".repeat(barWidth - full);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  if (done === 0) return `[${bar}] ${percent}  reading`;
  const perSecond = Math.round((done * 1000) / Math.max(1, tookMs)).toLocaleString("en-US");
  const left = durationOf(Math.ceil((tookMs * (1 - share)) / share / 1000) * 1000);
  return `[${bar}] ${percent}  ${perSecond} jobs/s, ${duration(left)} left`;
}
