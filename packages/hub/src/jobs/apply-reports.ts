import { isCharged, isFinalRun, mayMoveRun, type FinalRunState } from "@wadi/core/job";
import type { CentreId, JobId, RunId } from "@wadi/core/units";
import type { LinkEntry } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { endRuns, type EndingRun } from "./end-runs.ts";
import { insertEvents, type NewEvent } from "./event-store.ts";
import { insertLogPieces, insertOutputs } from "./log-store.ts";
import { jobsOfRuns, readRuns, updateRuns, type StoredRun } from "./run-store.ts";
import { lockJobs, updateJobs, type StoredJob } from "./store.ts";

/** What a centre says of its runs: everything but readings, which metering keeps. */
export type Report = Exclude<LinkEntry, { kind: "reading" }>;

/** A report that fits no run of the centre; kept aside by the caller, with why. */
export interface OddReport {
  readonly report: Report;
  readonly why: string;
}

/**
 * Takes in what a centre reports, in the order given and each once: the caller has dropped what
 * came before. Runs that end are charged, and their jobs end or go back to the queue. A report
 * that changes nothing any more, such as a late one of a run that was given up, is kept as an
 * event. All within the caller's transaction.
 *
 * @returns what fits no run of this centre
 */
export async function applyReports(
  hub: Hub,
  sql: Sql,
  { centre, entries }: { centre: CentreId; entries: readonly Report[] },
): Promise<OddReport[]> {
  if (entries.length === 0) return [];
  const book = await openBook(sql, [...new Set(entries.map(({ run }) => run))]);
  const odd: OddReport[] = [];
  const good: Report[] = [];
  for (const report of entries) {
    const why = whyOdd(book, { centre, report });
    if (why) odd.push({ report, why });
    else good.push(report);
  }

  const now = hub.clock.now();
  for (const report of good) {
    if (report.kind === "state") move(book, report);
    else if (report.kind === "checkpoint") noteCheckpoint(book, report, now);
  }
  await updateRuns(
    sql,
    [...book.movedRuns].map((id) => book.runs.get(id)!),
  );
  await updateJobs(
    sql,
    [...book.movedJobs].map((id) => book.jobs.get(id)!),
  );
  await insertEvents(sql, book.events);
  await endRuns(hub, sql, book.ending);
  await keepOutput(hub, sql, { book, reports: good });
  const tenants = [...book.jobs.values()].map(({ tenant }) => `events/${tenant}` as const);
  if (book.events.length > 0) await hub.signals.raise(sql, ...tenants);
  return odd;
}

/** The runs and jobs that reports speak of, as they are changed by them. */
interface Book {
  readonly runs: Map<RunId, StoredRun>;
  readonly jobs: Map<JobId, StoredJob>;
  readonly movedRuns: Set<RunId>;
  readonly movedJobs: Set<JobId>;
  readonly ending: EndingRun[];
  readonly events: NewEvent[];
}

/** Locks the jobs first, so that whoever changes a run of theirs has to wait. */
async function openBook(sql: Sql, runIds: readonly RunId[]): Promise<Book> {
  const jobIds = [...new Set((await jobsOfRuns(sql, runIds)).values())];
  const jobs = await lockJobs(sql, jobIds);
  const runs = await readRuns(sql, runIds);
  return {
    runs: new Map(runs.map((run) => [run.id, run])),
    jobs: new Map(jobs.map((job) => [job.id, job])),
    movedRuns: new Set(),
    movedJobs: new Set(),
    ending: [],
    events: [],
  };
}

function whyOdd(book: Book, { centre, report }: { centre: CentreId; report: Report }) {
  const run = book.runs.get(report.run);
  if (!run) return "the hub knows no such run";
  if (run.centre !== centre) return `the run is leased to ${run.centre}`;
  if (run.generation !== report.generation) {
    return `the run has generation ${run.generation}, the report ${report.generation}`;
  }
  return undefined;
}

type StateReport = Extract<Report, { kind: "state" }>;

function move(book: Book, report: StateReport): void {
  const run = book.runs.get(report.run)!;
  const job = book.jobs.get(run.job)!;
  if (run.generation !== job.generation || !mayMoveRun(run.state, report.state)) {
    if (run.state !== report.state) book.events.push(lateEvent(job, run, report));
    return;
  }
  const moved = movedRun(run, report);
  book.runs.set(run.id, moved);
  book.movedRuns.add(run.id);
  book.events.push(runEvent(job, moved, report.at));
  if (isFinalRun(moved.state)) {
    book.ending.push({ run: moved, job: book.jobs.get(run.job)!, endedAt: report.at });
    return;
  }
  if (moved.state === "running" && job.state === "placed") {
    book.jobs.set(job.id, { ...job, state: "running" });
    book.movedJobs.add(job.id);
    book.events.push({ ...runEvent(job, moved, report.at), kind: "job.running", facts: {} });
  }
}

type CheckpointReport = Extract<Report, { kind: "checkpoint" }>;

/** A centre's clock may go ahead of ours: nothing counts as saved that has not happened yet. */
function noteCheckpoint(book: Book, report: CheckpointReport, now: Temporal.Instant): void {
  const run = book.runs.get(report.run)!;
  if (isFinalRun(run.state)) return;
  const isAhead = Temporal.Instant.compare(report.writtenAt, now) > 0;
  const checkpointedAt = isAhead ? now : report.writtenAt;
  book.runs.set(run.id, { ...run, checkpointedAt, checkpointBytes: report.bytes });
  book.movedRuns.add(run.id);
}

function movedRun(run: StoredRun, report: StateReport): StoredRun {
  const hasStarted = report.state === "running" && run.startedAt === null;
  return {
    ...run,
    state: report.state,
    startedAt: hasStarted ? report.at : run.startedAt,
    endedAt: isFinalRun(report.state) ? report.at : null,
    exitCode: report.exitCode,
    signal: report.signal,
    message: report.message,
    isolation: report.isolation ?? run.isolation,
    slots: report.slots.length > 0 ? report.slots : run.slots,
  };
}

export function runEvent(job: StoredJob, run: StoredRun, at: Temporal.Instant): NewEvent {
  const { centre, pool, model, exitCode, signal, message } = run;
  const end = isFinalRun(run.state) ? { exitCode, signal, ...paidOf(run, run.state) } : {};
  const facts = { centre, pool, model, ...end, ...(message ? { message } : {}) };
  return { job: job.id, run: run.id, tenant: job.tenant, at, kind: `run.${run.state}`, facts };
}

/** Whether a preempted run is paid depends on the checkpoint it left: `run.charged` tells. */
const paidOf = ({ preemptedAt }: StoredRun, state: FinalRunState) =>
  preemptedAt === null ? { charged: isCharged[state] } : { preempted: true };

function lateEvent(job: StoredJob, run: StoredRun, report: StateReport): NewEvent {
  const facts = { reported: report.state, stands: run.state };
  return { job: job.id, run: run.id, tenant: job.tenant, at: report.at, kind: "run.late", facts };
}

async function keepOutput(
  hub: Hub,
  sql: Sql,
  { book, reports }: { book: Book; reports: readonly Report[] },
): Promise<void> {
  const logs = reports.filter((report) => report.kind === "log");
  await insertLogPieces(
    sql,
    logs.map(({ run, replica, stream, offset, data }) => ({
      run,
      replica,
      stream,
      startsAt: offset,
      data: Buffer.from(data, "base64"),
    })),
  );
  const files = reports.filter((report) => report.kind === "output");
  await insertOutputs(
    sql,
    files.map(({ run, path, sha256, bytes }) => ({
      run,
      path,
      sha256,
      bytes,
      job: book.runs.get(run)!.job,
    })),
  );
  await hub.signals.raise(sql, ...logs.map(({ run }) => `logs/${run}` as const));
}
