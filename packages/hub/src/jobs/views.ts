import type { jobDetail, jobView, runView } from "@wadi/protocol";
import { plus } from "@wadi/core/units";
import type { z } from "zod";

import type { Sql } from "../db/index.ts";
import { chargesOf } from "../metering/index.ts";
import { readDocuments } from "./document-store.ts";
import { expectedStarts, type EstimatedStart } from "./expected-start.ts";
import { readRunsOf, type StoredRun } from "./run-store.ts";
import { specOf } from "./spec-document.ts";
import type { StoredJob } from "./store.ts";

type JobView = z.output<typeof jobView>;
type RunView = z.output<typeof runView>;

/** @param start  when it is expected to start, while it waits */
export const viewOfJob = (job: StoredJob, start?: EstimatedStart): JobView => ({
  id: job.id,
  tenant: job.tenant,
  name: job.name,
  state: job.state,
  why: job.why,
  priority: job.priority,
  submittedAt: job.submittedAt,
  submittedBy: job.submittedBy,
  endedAt: job.endedAt,
  array:
    job.arrayIndex === null
      ? null
      : { id: job.submission as string as JobView["id"], index: job.arrayIndex },
  held: plus(job.share.cash, job.share.voucher),
  charged: job.charged,
  cancelRequested: job.cancelRequestedAt !== null,
  centre: job.centre,
  estimatedStart: job.state === "queued" ? (start ?? null) : null,
});

/** Jobs as lists show them. */
export async function viewsOf(sql: Sql, jobs: readonly StoredJob[]): Promise<JobView[]> {
  const waiting = jobs.filter(({ state }) => state === "queued").map(({ id }) => id);
  const starts = await expectedStarts(sql, waiting);
  return jobs.map((job) => viewOfJob(job, starts.get(job.id)));
}

/** The job with its spec and all its runs and charges. */
export async function detailOf(sql: Sql, job: StoredJob): Promise<z.output<typeof jobDetail>> {
  const runs = await readRunsOf(sql, [job.id]);
  const charges = await chargesOf(
    sql,
    runs.map(({ id }) => id),
  );
  const documents = await readDocuments(sql, [job.spec]);
  const [view] = await viewsOf(sql, [job]);
  return {
    ...view!,
    spec: specOf(documents.get(job.spec.toString("hex"))),
    runs: runs.map((run) => viewOfRun(run, charges.get(run.id) ?? null)),
  };
}

const viewOfRun = (run: StoredRun, charge: RunView["charge"]): RunView => ({
  id: run.id,
  generation: run.generation,
  state: run.state,
  centre: run.centre,
  pool: run.pool,
  model: run.model,
  cards: run.replicas * run.cardsPerReplica,
  share: run.share,
  emulated: run.emulated,
  leasedAt: run.leasedAt,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  exitCode: run.exitCode,
  signal: run.signal,
  message: run.message,
  preempted: run.preemptedAt !== null,
  isolation: run.isolation as RunView["isolation"],
  charge,
});
