import type { JobState, Priority } from "@wadi/core/job";
import type { Share } from "@wadi/core/vouchers";
import { priorities } from "@wadi/core/job";
import {
  asId,
  microYuan,
  rate,
  type CentreId,
  type HoldId,
  type JobId,
  type KeyId,
  type MicroYuan,
  type PoolId,
  type TenantId,
} from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";
import { checkpointOf, type CheckpointColumns, type KeptCheckpoint } from "./kept-checkpoint.ts";

/** A job as stored. */
export interface StoredJob {
  readonly id: JobId;
  readonly submission: HoldId;
  readonly arrayIndex: number | null;
  readonly arrayParallel: number | null;
  readonly tenant: TenantId;
  readonly name: string;
  /** Hash of its spec's document. */
  readonly spec: Buffer;
  readonly shape: string;
  readonly priority: Priority;
  /** Whether a run of it may be started elsewhere when its centre is lost. */
  readonly rerunnable: boolean;
  readonly state: JobState;
  readonly why: string | null;
  readonly submittedAt: Temporal.Instant;
  readonly submittedBy: KeyId | null;
  readonly endedAt: Temporal.Instant | null;
  readonly generation: number;
  readonly failures: number;
  /** Runs of it that centres refused, and the pools they were refused in. */
  readonly refusals: number;
  readonly ruledOut: readonly PoolId[];
  /** Runs of it that rounds stopped for others. */
  readonly preemptions: number;
  /** Its part of what its submission holds. */
  readonly share: Share;
  readonly charged: MicroYuan;
  readonly cancelRequestedAt: Temporal.Instant | null;
  readonly blockedBy: number;
  readonly centre: CentreId | null;
  /** What its next run goes on from. */
  readonly checkpoint: KeptCheckpoint | null;
}

export async function insertJobs(sql: Sql, jobs: readonly StoredJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    insert into jobs (id, submission, array_index, array_parallel, tenant, name, spec, shape,
      priority, rerunnable, state, submitted_at, submitted_by, share_cash, share_voucher, programme,
      voucher_rate, blocked_by)
    select * from unnest(
      ${jobs.map((job) => job.id)}::uuid[],
      ${jobs.map((job) => job.submission)}::uuid[],
      ${jobs.map((job) => job.arrayIndex)}::int[],
      ${jobs.map((job) => job.arrayParallel)}::int[],
      ${jobs.map((job) => job.tenant)}::text[],
      ${jobs.map((job) => job.name)}::text[],
      ${jobs.map((job) => job.spec)}::bytea[],
      ${jobs.map((job) => job.shape)}::uuid[],
      ${jobs.map((job) => priorities.indexOf(job.priority))}::smallint[],
      ${jobs.map((job) => job.rerunnable)}::boolean[],
      ${jobs.map((job) => job.state)}::text[],
      ${jobs.map((job) => job.submittedAt)}::timestamptz[],
      ${jobs.map((job) => job.submittedBy)}::uuid[],
      ${jobs.map((job) => job.share.cash)}::bigint[],
      ${jobs.map((job) => job.share.voucher)}::bigint[],
      ${jobs.map((job) => job.share.programme)}::text[],
      ${jobs.map((job) => job.share.voucherRate)}::bigint[],
      ${jobs.map((job) => job.blockedBy)}::int[])`;
}

/** Locks the jobs until the end of the transaction; in id order, so that nobody waits in a ring. */
export async function lockJobs(sql: Sql, ids: readonly JobId[]): Promise<StoredJob[]> {
  if (ids.length === 0) return [];
  const rows = await sql<JobRow>`
    select ${columns} from jobs where id = any(${ids}::uuid[]) order by id for update`;
  return rows.map(toJob);
}

/** Locks all jobs of a submission that have not ended, in id order. */
export async function lockOpenJobs(sql: Sql, submission: string): Promise<StoredJob[]> {
  const rows = await sql<JobRow>`
    select ${columns} from jobs
    where submission = ${submission} and array_index is not null
      and state in ('blocked', 'queued', 'placed', 'running')
    order by id for update`;
  return rows.map(toJob);
}

/** Saves what may change in a job; the jobs are locked by the caller. */
export async function updateJobs(sql: Sql, jobs: readonly StoredJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    update jobs set state = now.state, why = now.why, ended_at = now.ended_at,
      generation = now.generation, failures = now.failures, share_cash = now.share_cash,
      share_voucher = now.share_voucher, charged = now.charged, shape = now.shape,
      cancel_requested_at = now.cancel_requested_at, blocked_by = now.blocked_by,
      centre = now.centre, refusals = now.refusals, preemptions = now.preemptions,
      ruled_out = string_to_array(now.ruled_out, ' '),
      checkpoint_centre = now.checkpoint_centre, checkpoint_place = now.checkpoint_place,
      checkpoint_bytes = now.checkpoint_bytes
    from unnest(
      ${jobs.map((job) => job.id)}::uuid[],
      ${jobs.map((job) => job.state)}::text[],
      ${jobs.map((job) => job.why)}::text[],
      ${jobs.map((job) => job.endedAt)}::timestamptz[],
      ${jobs.map((job) => job.generation)}::int[],
      ${jobs.map((job) => job.failures)}::int[],
      ${jobs.map((job) => job.share.cash)}::bigint[],
      ${jobs.map((job) => job.share.voucher)}::bigint[],
      ${jobs.map((job) => job.charged)}::bigint[],
      ${jobs.map((job) => job.shape)}::uuid[],
      ${jobs.map((job) => job.cancelRequestedAt)}::timestamptz[],
      ${jobs.map((job) => job.blockedBy)}::int[],
      ${jobs.map((job) => job.centre)}::text[],
      ${jobs.map((job) => job.refusals)}::int[],
      ${jobs.map((job) => job.preemptions)}::int[],
      ${jobs.map((job) => job.ruledOut.join(" "))}::text[],
      ${jobs.map((job) => job.checkpoint?.centre ?? null)}::text[],
      ${jobs.map((job) => job.checkpoint?.place ?? null)}::text[],
      ${jobs.map((job) => job.checkpoint?.bytes ?? null)}::bigint[]
    ) as now (id, state, why, ended_at, generation, failures, share_cash, share_voucher, charged,
      shape, cancel_requested_at, blocked_by, centre, refusals, preemptions, ruled_out,
      checkpoint_centre, checkpoint_place, checkpoint_bytes)
    where jobs.id = now.id`;
}

/** @returns undefined when there is none, or it is another tenant's; null tenant sees all */
export async function readJob(
  sql: Sql,
  id: JobId,
  tenant: TenantId | null,
): Promise<StoredJob | undefined> {
  const [row] = await sql<JobRow>`
    select ${columns} from jobs
    where id = ${id} and (${tenant}::text is null or tenant = ${tenant})`;
  return row && toJob(row);
}

/** The jobs of these ids, by id. */
export async function readJobsByIds(sql: Sql, ids: readonly JobId[]): Promise<StoredJob[]> {
  const rows = await sql<JobRow>`
    select ${columns} from jobs where id = any(${ids}::uuid[]) order by id`;
  return rows.map(toJob);
}

/** Those of these jobs that have succeeded. */
export async function readSucceeded(sql: Sql, ids: readonly JobId[]): Promise<Set<JobId>> {
  const rows = await sql<{ id: JobId }>`
    select id from jobs where id = any(${ids}::uuid[]) and state = 'succeeded'`;
  return new Set(rows.map(({ id }) => id));
}

/** Queued jobs that would go on from what a centre kept that has left; at most a thousand. */
export async function readWaitingForLeft(sql: Sql): Promise<JobId[]> {
  const rows = await sql<{ id: JobId }>`
    select id from jobs
    where state = 'queued' and checkpoint_centre in (
      select centre from centre_presence where mode = 'left')
    limit 1000`;
  return rows.map(({ id }) => id);
}

/** The names of these jobs. */
export async function jobNames(sql: Sql, ids: readonly JobId[]): Promise<Map<JobId, string>> {
  const rows = await sql<{ id: JobId; name: string }>`
    select id, name from jobs where id = any(${ids}::uuid[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export interface JobFilter {
  readonly tenant: TenantId | null;
  readonly state: JobState | null;
  readonly name: string | null;
  readonly array: JobId | null;
  /** Only jobs before this one. */
  readonly before: JobId | null;
  readonly limit: number;
}

/** Newest first. */
export async function listJobs(sql: Sql, filter: JobFilter): Promise<StoredJob[]> {
  const { tenant, state, name, array, before, limit } = filter;
  const rows = await sql<JobRow>`
    select ${columns} from jobs
    where true
      ${tenant === null ? fragment`` : fragment`and tenant = ${tenant}`}
      ${state === null ? fragment`` : fragment`and state = ${state}`}
      ${name === null ? fragment`` : fragment`and name = ${name}`}
      ${
        array === null
          ? fragment``
          : fragment`and submission = ${array}
          and array_index is not null`
      }
      ${before === null ? fragment`` : fragment`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toJob);
}

/** How many jobs each of these tenants has that have not ended. */
export async function countOpenJobs(
  sql: Sql,
  tenants: readonly TenantId[],
): Promise<Map<TenantId, number>> {
  if (tenants.length === 0) return new Map();
  const rows = await sql<{ tenant: string; jobs: number }>`
    select tenant, count(*)::int as jobs from jobs
    where tenant = any(${tenants}::text[]) and state in ('blocked', 'queued', 'placed', 'running')
    group by tenant`;
  return new Map(rows.map(({ tenant, jobs }) => [asId<TenantId>(tenant), jobs]));
}

const columns = fragment`id, submission, array_index, array_parallel, tenant, name, spec, shape,
  priority, rerunnable, state, why, submitted_at, submitted_by, ended_at, generation, failures,
  share_cash, share_voucher, programme, voucher_rate, charged, cancel_requested_at,
  blocked_by, centre, refusals, preemptions, ruled_out, checkpoint_centre, checkpoint_place,
  checkpoint_bytes`;

interface JobRow extends CheckpointColumns {
  id: string;
  submission: string;
  array_index: number | null;
  array_parallel: number | null;
  tenant: string;
  name: string;
  spec: Buffer;
  shape: string;
  priority: number;
  rerunnable: boolean;
  state: JobState;
  why: string | null;
  submitted_at: Temporal.Instant;
  submitted_by: string | null;
  ended_at: Temporal.Instant | null;
  generation: number;
  failures: number;
  share_cash: bigint;
  share_voucher: bigint;
  programme: string | null;
  voucher_rate: bigint | null;
  charged: bigint;
  cancel_requested_at: Temporal.Instant | null;
  blocked_by: number;
  centre: string | null;
  refusals: number;
  preemptions: number;
  ruled_out: string[];
}

function toJob(row: JobRow): StoredJob {
  return {
    id: asId(row.id),
    submission: asId(row.submission),
    arrayIndex: row.array_index,
    arrayParallel: row.array_parallel,
    tenant: asId(row.tenant),
    name: row.name,
    spec: row.spec,
    shape: row.shape,
    priority: priorities[row.priority]!,
    rerunnable: row.rerunnable,
    state: row.state,
    why: row.why,
    submittedAt: row.submitted_at,
    submittedBy: row.submitted_by === null ? null : asId(row.submitted_by),
    endedAt: row.ended_at,
    generation: row.generation,
    failures: row.failures,
    refusals: row.refusals,
    ruledOut: row.ruled_out.map((id) => asId(id)),
    preemptions: row.preemptions,
    share: {
      cash: microYuan(row.share_cash),
      voucher: microYuan(row.share_voucher),
      programme: row.programme === null ? null : asId(row.programme),
      voucherRate: row.voucher_rate === null ? null : rate(row.voucher_rate),
    },
    charged: microYuan(row.charged),
    cancelRequestedAt: row.cancel_requested_at,
    blockedBy: row.blocked_by,
    centre: row.centre === null ? null : asId(row.centre),
    checkpoint: checkpointOf(row),
  };
}
