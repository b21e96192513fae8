import type { Facts } from "./facts.ts";
import { isFinalJob, isFinalRun } from "./state.ts";

/** What holds of jobs and of the runs they are given. */
export const jobLaws = {
  "a key makes one submission": ({ evidence }) =>
    evidence.answers.flatMap(({ key, jobs }) => {
      const different = [...new Set(jobs)];
      return different.length > 1 ? [`${key} was answered with ${different.join(" and ")}`] : [];
    }),

  "no accepted job is lost": ({ jobs, evidence }) => {
    const sizes = new Map<string, number>();
    for (const { submission } of jobs) sizes.set(submission, (sizes.get(submission) ?? 0) + 1);
    return evidence.answers.flatMap(({ key, jobs: told, count }) =>
      told.flatMap((id) => {
        const size = sizes.get(id) ?? 0;
        return size === count ? [] : [`${key} was answered with job ${id}: ${size} of ${count}`];
      }),
    );
  },

  "a cancelling that was accepted is kept": ({ jobs, evidence }) => {
    const byId = new Map(jobs.map((job) => [job.id, job]));
    return evidence.cancelled
      .filter((id) => byId.get(id)?.isCancelAsked !== true)
      .map((id) => `job ${id} does not know of it`);
  },

  "a job ends once": ({ jobs }) =>
    jobs
      .filter(({ state, endsTold }) => endsTold !== (isFinalJob(state) ? 1 : 0))
      .map(
        ({ id, state, endsTold }) => `job ${id} is ${state}, its end was told ${endsTold} times`,
      ),

  "a job has a run when it is placed, and only then": ({ jobs, runs }) => {
    const open = Map.groupBy(
      runs.filter(({ state }) => !isFinalRun(state)),
      ({ job }) => job,
    );
    return jobs.flatMap(({ id, state, generation }) => {
      const held = open.get(id) ?? [];
      const expected = state === "placed" || state === "running" ? [generation] : [];
      const found = held.map((run) => run.generation);
      if (found.join() === expected.join()) return [];
      return [`job ${id} is ${state} at ${generation}; open are its runs ${list(found)}`];
    });
  },

  "runs are numbered without a gap": ({ jobs, runs }) => {
    const byJob = Map.groupBy(runs, ({ job }) => job);
    return jobs.flatMap(({ id, generation }) => {
      const numbers = (byJob.get(id) ?? []).map((run) => run.generation).sort((a, b) => a - b);
      const isRight = numbers.length === generation && numbers.every((n, i) => n === i + 1);
      return isRight ? [] : [`job ${id} was given ${generation} runs; there are ${list(numbers)}`];
    });
  },

  "a job is blocked by what it waits for": ({ jobs }) =>
    jobs
      .filter(({ state, blockedBy, unmet }) => {
        return state === "blocked"
          ? unmet === 0 || unmet !== blockedBy
          : state === "queued" && unmet > 0;
      })
      .map(({ id, state, blockedBy, unmet }) => {
        return `job ${id} is ${state} by ${blockedBy}; ${unmet} of its dependencies are not met`;
      }),

  "no host gives a card twice": ({ hosts }) =>
    hosts
      .filter(({ cards, held }) => held > cards)
      .map(({ name, cards, held }) => `${name} has ${cards} cards, its runs hold ${held}`),

  "when all is quiet, each job is over or says what it waits for": ({ jobs, isQuiet }) =>
    jobs
      .filter(({ state, why }) => isQuiet && !isFinalJob(state) && !(isWaiting(state) && why))
      .map(({ id, state, why }) => `job ${id} is ${state}: ${why ?? "no reason"}`),
} as const satisfies Record<string, (facts: Facts) => string[]>;

const isWaiting = (state: string) => state === "queued" || state === "blocked";

const list = (numbers: readonly number[]) => (numbers.length > 0 ? numbers.join(", ") : "none");
