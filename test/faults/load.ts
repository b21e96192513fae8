import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Evidence, JobSpec } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";
import { ApiProblem, routes, type Client } from "@wadi/protocol";

import { submit } from "../region/job.ts";
import type { Clients } from "../region/set-up.ts";
import type { PlannedJob, Schedule } from "./schedule.ts";

/** What clients were told, over all schedules of a region. */
export interface Told {
  readonly answers: Map<string, { jobs: JobId[]; count: number }>;
  readonly cancelled: Set<JobId>;
  /** By idempotency key: submissions that the hub would not take, and why. */
  readonly refused: Map<string, string>;
}

export const nothingTold = (): Told => ({
  answers: new Map(),
  cancelled: new Set(),
  refused: new Map(),
});

export const evidenceOf = (told: Told): Pick<Evidence, "answers" | "cancelled"> => ({
  answers: [...told.answers].map(([key, answer]): Answer => ({ key, ...answer })),
  cancelled: [...told.cancelled],
});

export interface Load {
  readonly clients: Pick<Clients, "tenant" | "other">;
  readonly told: Told;
  readonly specOf: (job: PlannedJob, after: JobId | null) => JobSpec;
}

/**
 * Submits a schedule's jobs as their clients would: each again and again under its key until the
 * hub has answered; then cancels some of them. Resolves when all were answered.
 */
export async function submitAll(schedule: Schedule, load: Load): Promise<void> {
  const first: Promise<JobId | null>[] = [];
  for (const [place, job] of schedule.jobs.entries()) {
    first[place] = submitOne(job, load, async () => {
      return job.after ? ((await first[job.after.place]) ?? null) : null;
    });
  }
  await Promise.all(first);
}

/** Sends some submissions again: the same key must be answered with the same job. */
export async function submitAgain(schedule: Schedule, load: Load): Promise<void> {
  const ids = new Map(schedule.jobs.map(({ key }) => [key, load.told.answers.get(key)?.jobs[0]]));
  const again = schedule.jobs.filter(({ isRepeated, key }) => isRepeated && ids.get(key));
  await Promise.all(
    again.map((job) => {
      const after = job.after ? schedule.jobs[job.after.place]!.key : undefined;
      return ask(job, load, (after && ids.get(after)) || null);
    }),
  );
}

async function submitOne(
  job: PlannedJob,
  load: Load,
  after: () => Promise<JobId | null>,
): Promise<JobId | null> {
  await sleep(job.atMs);
  const id = await ask(job, load, await after());
  if (id !== null && job.cancelAfterMs !== null) {
    await sleep(job.cancelAfterMs);
    await cancel(load.clients[job.ofTenant], id, load.told);
  }
  return id;
}

/** @returns null when the hub refused it for what it is */
async function ask(job: PlannedJob, load: Load, after: JobId | null): Promise<JobId | null> {
  const { told, clients, specOf } = load;
  const spec = specOf(job, after);
  try {
    const { id } = await insist(() => submit(clients[job.ofTenant], spec, job.key));
    const answer = told.answers.get(job.key) ?? { jobs: [], count: job.count };
    answer.jobs.push(id);
    told.answers.set(job.key, answer);
    return id;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    told.refused.set(job.key, error.code);
    return null;
  }
}

async function cancel(client: Client, id: JobId, told: Told): Promise<void> {
  try {
    const { cancelRequested } = await insist(() =>
      client.call(routes.cancelJob, { params: { id }, timeoutMs: 3000 }),
    );
    if (cancelRequested) told.cancelled.add(id);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "job-already-final") throw error;
  }
}

const patienceMs = 90_000;

/** Until the hub has given an answer that would be the same if asked again. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isFinal = error instanceof ApiProblem && error.status < 500 && error.status !== 429;
      if (isFinal || performance.now() > deadline) throw error;
    }
    await sleep(50);
  }
}
