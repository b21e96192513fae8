import { priorities, type Priority } from "@wadi/core/job";
import type { TenantId } from "@wadi/core/units";
import type { JobOutcome } from "../result.ts";
import { spreadOf, type Spread } from "./spread.ts";

/** Of jobs that share a class, or of all. */
export interface Times {
  readonly jobs: number;
  /** Did not succeed within the play. */
  readonly unfinished: number;
  readonly neverStarted: number;
  /** From submission to the last start, of those that started. */
  readonly waitMs: Spread;
  /** From submission to success, of those that succeeded. */
  readonly completionMs: Spread;
}

export interface TimesByClass {
  readonly all: Times;
  /** Highest first; classes without a job are left out. */
  readonly classes: readonly (Times & { readonly priority: Priority })[];
}

export function timesByClass(jobs: readonly JobOutcome[]): TimesByClass {
  const byClass = Map.groupBy(jobs, ({ priority }) => priority);
  return {
    all: timesOf(jobs),
    classes: priorities.flatMap((priority) => {
      const own = byClass.get(priority);
      return own ? [{ priority, ...timesOf(own) }] : [];
    }),
  };
}

/** By tenant, in the order of their ids. */
export function waitsByTenant(
  jobs: readonly JobOutcome[],
): { readonly tenant: TenantId; readonly waitMs: Spread }[] {
  return [...Map.groupBy(jobs, ({ tenant }) => tenant)]
    .map(([tenant, own]) => ({ tenant, waitMs: spreadOf(waitsOf(own)) }))
    .toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

function timesOf(jobs: readonly JobOutcome[]): Times {
  const completions = jobs.flatMap(({ endedMs, submittedMs }) =>
    endedMs === null ? [] : [endedMs - submittedMs],
  );
  const waits = waitsOf(jobs);
  return {
    jobs: jobs.length,
    unfinished: jobs.length - completions.length,
    neverStarted: jobs.length - waits.length,
    waitMs: spreadOf(waits),
    completionMs: spreadOf(completions),
  };
}

const waitsOf = (jobs: readonly JobOutcome[]) =>
  jobs.flatMap(({ startedMs, submittedMs }) =>
    startedMs === null ? [] : [startedMs - submittedMs],
  );
