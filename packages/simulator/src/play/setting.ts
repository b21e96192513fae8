import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import type { Dispatcher } from "../dispatcher.ts";
import { noFaults, type Faults } from "../faults/faults.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Workload } from "../workload.ts";

export interface SimOptions {
  readonly workload: Workload;
  /** As it is when nothing is broken. */
  readonly fleet: Pick<Fleet, "pools" | "links">;
  readonly dispatcher: Dispatcher;
  /** Equal seeds break the same things at the same times, whatever is dispatched. */
  readonly seed: number;
  /** What waiting and carbon cost, how crossing slows; the dispatcher has its own. */
  readonly policy?: Policy;
  readonly faults?: Faults;
  /** Decisions are at least so far apart; default 30 s. */
  readonly roundEveryMs?: number;
  /** The play ends there; default: when nothing more can happen. */
  readonly untilMs?: number;
  /** Default: so that the arrivals span 500 samples. */
  readonly sampleEveryMs?: number;
  /** Of runs that checkpoint; default 10 min. */
  readonly checkpointEveryMs?: number;
  /** A run that is to be stopped is gone after so long; default 10 s. */
  readonly stopMs?: number;
  /** Told now and then, at most a thousand times. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly atMs: number;
  /** Of `jobs`, how many have ended. */
  readonly ended: number;
  readonly jobs: number;
}

export type Setting = Required<Omit<SimOptions, "onProgress">> & Pick<SimOptions, "onProgress">;

/** With every default filled in. */
export function settingOf(options: SimOptions): Setting {
  const { jobs } = options.workload;
  const first = jobs[0]?.submittedMs ?? 0;
  const last = jobs.at(-1)?.submittedMs ?? 0;
  const minute = 60_000;
  const steps = Math.ceil((last - first) / 500 / minute);
  return {
    policy: defaultPolicy,
    faults: noFaults,
    roundEveryMs: 30_000,
    untilMs: Infinity,
    sampleEveryMs: Math.max(1, steps) * minute,
    checkpointEveryMs: 10 * minute,
    stopMs: 10_000,
    ...options,
  };
}
