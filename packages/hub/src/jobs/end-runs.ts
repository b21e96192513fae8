import { isPaid, nextAfter, type FinalRunState, type Next } from "@wadi/core/job";
import {
  downToFen,
  formatYuan,
  greatest,
  least,
  microYuan,
  minus,
  noMoney,
  type CentreId,
  type JobId,
  type MicroYuan,
  type PlaceId,
} from "@wadi/core/units";
import { mostOf } from "@wadi/core/vouchers";

import { priceScheduleOf, readPlaces } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { releaseHolds } from "../ledger/index.ts";
import { chargeRuns, type ChargedRun, type EndedRun } from "../metering/index.ts";
import { readDocuments } from "./document-store.ts";
import { insertEvents, type NewEvent } from "./event-store.ts";
import { checkpointAfter } from "./kept-checkpoint.ts";
import { resolveDependents } from "./resolve-dependents.ts";
import type { StoredRun } from "./run-store.ts";
import { boundOf, shapeAfter, shapeHash, specOf } from "./spec-document.ts";
import { updateJobs, type StoredJob } from "./store.ts";

/** A run that has just come to a final state, and its job, locked by the caller. */
export interface EndingRun {
  readonly run: StoredRun;
  readonly job: StoredJob;
  readonly endedAt: Temporal.Instant;
}

/** So many runs may be lost or stopped by centres before the job is given up. */
const runsMax = 50;

/**
 * Charges runs that ended and takes their jobs on: to their end, with the rest of the hold freed,
 * or back to the queue, with the hold restored. A job whose balance cannot restore its hold ends.
 * The caller has saved the runs.
 */
export async function endRuns(hub: Hub, sql: Sql, ending: readonly EndingRun[]): Promise<void> {
  if (ending.length === 0) return;
  const documents = await readDocuments(
    sql,
    ending.flatMap(({ run, job }) => [run.prices, job.spec]),
  );
  const specs = readOnce(documents, specOf);
  const schedules = readOnce(documents, priceScheduleOf);
  const steps = ending.map((one) => {
    const spec = specs(one.job.spec);
    return { ...one, spec, next: nextOf(one, spec), prices: schedules(one.run.prices) };
  });

  const now = hub.clock.now();
  const charged = await chargeRuns(sql, steps.map(chargeOf), now);
  const left = ending.filter(({ run }) => run.checkpointedAt !== null);
  const places = await readPlaces(sql, [...new Set(left.map(({ run }) => run.centre))]);
  const jobs = await withinBudget(
    sql,
    steps.map((step, i) => ({ step, job: jobAfter(step, charged[i]!, places) })),
    now,
  );
  await updateJobs(sql, jobs);
  await insertEvents(
    sql,
    steps.flatMap((step, i) => eventsOf(step, { job: jobs[i]!, charged: charged[i]! })),
  );
  const ended = jobs.filter(({ endedAt }) => endedAt !== null);
  await resolveDependents(
    hub,
    sql,
    ended.map(({ id }): JobId => id),
  );
  await hub.signals.raise(sql, "round");
}

const chargeOf = ({ run, job, endedAt, next, prices }: Step): EndedRun => ({
  run: run.id,
  job: job.id,
  hold: job.submission,
  tenant: job.tenant,
  provider: run.provider,
  pool: run.pool,
  model: run.model,
  emulated: run.emulated,
  cardShare: run.share,
  prices,
  feeRate: run.feeRate,
  charged: isPaid({
    state: run.state as FinalRunState,
    preempted: run.preemptedAt !== null,
    leftCheckpoint: run.checkpointedAt !== null,
  }),
  endedAt,
  share: job.share,
  then: next.kind === "again" ? "keep" : "release",
});

/**
 * Jobs that run again hold no more than what their budget leaves, so that all their runs together
 * never cost more than `maxCost`; a job whose budget is spent ends.
 */
async function withinBudget(
  sql: Sql,
  ended: readonly { readonly step: Step; readonly job: StoredJob }[],
  at: Temporal.Instant,
): Promise<StoredJob[]> {
  const judged = ended.map(({ step, job }) => ({ run: step.run.id, ...afterBudget(job, step) }));
  await releaseHolds(
    sql,
    judged
      .filter(({ cash, voucher }) => cash + voucher > 0n)
      .map(({ run, job, cash, voucher }) => ({
        hold: job.submission,
        fact: `budget/${run}`,
        job: job.id,
        tenant: job.tenant,
        programme: job.share.programme,
        at,
        cash,
        voucher,
      })),
  );
  return judged.map(({ job }) => job);
}

/** The job as its budget leaves it, and what of its share is free then. */
function afterBudget(
  job: StoredJob,
  { spec, endedAt }: Step,
): { job: StoredJob; cash: MicroYuan; voucher: MicroYuan } {
  const none = { cash: noMoney, voucher: noMoney };
  if (job.state !== "queued" || spec.maxCost === null) return { job, ...none };
  const budget = microYuan(spec.maxCost - job.charged);
  const { share } = job;
  if (budget <= 0n) {
    const ended: StoredJob = { ...job, state: "failed", why: "max-cost-reached", endedAt };
    return { job: { ...ended, share: { ...share, ...none } }, ...share };
  }
  const over = greatest(minus(mostOf(share), budget), noMoney);
  const voucher = downToFen(least(over, share.voucher));
  const cash = least(minus(over, voucher), share.cash);
  const left = { cash: minus(share.cash, cash), voucher: minus(share.voucher, voucher) };
  return { job: { ...job, share: { ...share, ...left } }, cash, voucher };
}

/** Decodes each document once, however many runs share it. */
function readOnce<T>(documents: ReadonlyMap<string, unknown>, read: (body: unknown) => T) {
  const values = new Map<string, T>();
  return (hash: Buffer): T => {
    const key = hash.toString("hex");
    const value = values.get(key) ?? read(documents.get(key));
    values.set(key, value);
    return value;
  };
}

type Step = EndingRun & {
  readonly spec: ReturnType<typeof specOf>;
  readonly prices: ReturnType<typeof priceScheduleOf>;
  readonly next: Next;
};

function nextOf({ run, job }: EndingRun, spec: Step["spec"]): Next {
  const state = run.state as FinalRunState;
  const next = nextAfter(spec, {
    state,
    exitCode: run.exitCode,
    cancelRequested: job.cancelRequestedAt !== null,
    preempted: run.preemptedAt !== null,
    failures: job.failures + (isOwnFailure(state) ? 1 : 0),
  });
  if (next.kind === "again" && job.generation - job.preemptions >= runsMax) {
    return { kind: "final", state: "failed", why: "too-many-runs" };
  }
  return next;
}

function isOwnFailure(state: FinalRunState) {
  return state === "failed" || state === "timed-out" || state === "out-of-memory";
}

function jobAfter(
  { run, job, spec, next, endedAt }: Step,
  { charge, share, short }: ChargedRun,
  places: ReadonlyMap<CentreId, PlaceId>,
): StoredJob {
  const after: StoredJob = {
    ...job,
    share: { ...job.share, cash: share.cash, voucher: share.voucher },
    charged: microYuan(job.charged + (charge?.charge ?? noMoney)),
    failures: job.failures + (isOwnFailure(run.state as FinalRunState) ? 1 : 0),
    preemptions: job.preemptions + (next.why === "preempted" ? 1 : 0),
    ...(run.state === "refused" && refusedBy(run.pool, job)),
    why: next.why,
  };
  if (next.kind === "final") return { ...after, state: next.state, endedAt };
  if (short) return { ...after, state: "failed", why: "exceeds-balance", endedAt };
  const checkpoint = checkpointAfter(run, { before: job.checkpoint, places });
  const shape = shapeHash(shapeAfter(spec, { ...after, checkpoint }), boundOf(job));
  return { ...after, checkpoint, state: "queued", shape };
}

/** A pool that refused a run refuses the next one too: the job is not sent there again. */
const refusedBy = (pool: StoredRun["pool"], { refusals, ruledOut }: StoredJob) => ({
  refusals: refusals + 1,
  ruledOut: ruledOut.includes(pool) ? ruledOut : [...ruledOut, pool],
});

function eventsOf(
  { run, job, endedAt }: Step,
  now: { job: StoredJob; charged: ChargedRun },
): NewEvent[] {
  const base = { job: job.id, tenant: job.tenant, at: endedAt };
  const { charge } = now.charged;
  const money = charge && {
    charge: formatYuan(charge.charge),
    voucher: formatYuan(charge.voucher),
    cash: formatYuan(charge.cash),
    cardSeconds: charge.usage.cardSeconds,
  };
  return [
    ...(money ? [{ ...base, run: run.id, kind: "run.charged", facts: money }] : []),
    { ...base, run: null, kind: `job.${now.job.state}`, facts: { why: now.job.why } },
  ];
}
