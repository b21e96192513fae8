import type { Dispatcher } from "../dispatcher.ts";
import type { SimResult } from "../result.ts";
import { simulate } from "../simulate.ts";
import { meanOf } from "../measure/spread.ts";
import { gavelFleet } from "./fleet.ts";
import type { JobType } from "./throughputs.ts";
import { gavelWorkload } from "./workload.ts";

export interface GavelOptions {
  readonly types: readonly JobType[];
  readonly jobsPerHour: number;
  readonly seed: number;
  readonly dispatcher: Dispatcher;
  /** Decisions and checkpoints: Gavel's rounds are 360 s. */
  readonly roundMs?: number;
}

export interface GavelOutcome {
  /** Of jobs 4,000 up to 5,000, from submission to end. */
  readonly meanCompletionHours: number;
  /** Of those jobs, how many had ended: the mean is of these. */
  readonly ended: number;
  readonly preemptions: number;
  readonly result: SimResult;
}

/** The jobs that are measured: by then the queue is as long as it gets. */
const measured = { from: 4000, to: 5000 } as const;
/** Jobs go on coming while the measured ones wait and run. */
const jobsMax = 7000;

const published = {
  4.8: { fifo: 99.19, "fifo by speed": 22.24, las: 35.79, "las by speed": 18.97, allox: 20.92 },
  5.6: { "fifo by speed": 104.12, "las by speed": 28.96, allox: 25.32 },
} as const;

/**
 * Gavel's experiment of one-card jobs on three kinds of cards, played to the end of the jobs that
 * it measures.
 */
export function gavelExperiment(options: GavelOptions): GavelOutcome {
  const { types, jobsPerHour, seed, dispatcher, roundMs = 360_000 } = options;
  const workload = gavelWorkload({ types, jobsPerHour, seed, jobs: jobsMax });
  const result = simulate({
    workload,
    fleet: gavelFleet(),
    dispatcher,
    seed,
    roundEveryMs: roundMs,
    checkpointEveryMs: roundMs,
    stopMs: 0,
    sampleEveryMs: 3_600_000,
  });
  const hours = result.jobs
    .slice(measured.from, measured.to)
    .flatMap(({ endedMs, submittedMs }) =>
      endedMs === null ? [] : [(endedMs - submittedMs) / 3_600_000],
    );
  const preemptions = result.jobs.reduce((sum, job) => sum + job.preemptions, 0);
  return { meanCompletionHours: meanOf(hours), ended: hours.length, preemptions, result };
}

/** Mean completion in hours that Gavel's paper and code report, by jobs an hour and policy. */
export const gavelPublished = published;
