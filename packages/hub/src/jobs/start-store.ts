import type { JobId, PoolId, TenantId } from "@wadi/core/units";

import { json, type Sql } from "../db/index.ts";
import type { CurvePoint } from "./start-curve.ts";

/** A start that was promised: not later than this. */
export interface BookedStart {
  readonly job: JobId;
  readonly pool: PoolId;
  readonly startAt: Temporal.Instant;
}

/** When the jobs of one shape and tenant are expected to start. */
export interface GroupStarts {
  /** As the database keeps it. */
  readonly shape: string;
  readonly tenant: TenantId;
  readonly curve: readonly CurvePoint[];
}

/** What is known of the start of one job that waits. */
export interface KnownStart {
  readonly job: JobId;
  /** How many of its shape and tenant are before it; counted to a thousand. */
  readonly place: number;
  readonly curve: readonly CurvePoint[] | null;
  readonly pool: PoolId | null;
  readonly startAt: Temporal.Instant | null;
}

/** Of those of these jobs that wait. */
export async function readKnownStarts(sql: Sql, jobs: readonly JobId[]): Promise<KnownStart[]> {
  if (jobs.length === 0) return [];
  return sql<KnownStart>`
    select jobs.id as job, curve, pool, start_at as "startAt",
      (select count(*)::int from (
        select from jobs as ahead
        where ahead.state = 'queued' and ahead.priority = jobs.priority
          and ahead.shape = jobs.shape and ahead.tenant = jobs.tenant
          and (ahead.submitted_at, ahead.id) < (jobs.submitted_at, jobs.id)
        limit 1000) as those) as place
    from jobs
      left join group_starts on group_starts.shape = jobs.shape
        and group_starts.tenant = jobs.tenant
      left join job_bookings on job_bookings.job = jobs.id
    where jobs.id = any(${jobs}::uuid[]) and jobs.state = 'queued'`;
}

export async function readBookings(sql: Sql): Promise<BookedStart[]> {
  return sql<BookedStart>`select job, pool, start_at as "startAt" from job_bookings`;
}

export async function saveBookings(sql: Sql, starts: readonly BookedStart[]): Promise<void> {
  if (starts.length === 0) return;
  await sql`
    insert into job_bookings (job, pool, start_at)
    select * from unnest(
      ${starts.map(({ job }) => job)}::uuid[],
      ${starts.map(({ pool }) => pool)}::text[],
      ${starts.map(({ startAt }) => startAt)}::timestamptz[])
    on conflict (job) do update set pool = excluded.pool, start_at = excluded.start_at`;
}

export async function dropBookings(sql: Sql, jobs: readonly JobId[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`delete from job_bookings where job = any(${jobs}::uuid[])`;
}

export async function saveGroupStarts(
  sql: Sql,
  groups: readonly GroupStarts[],
  at: Temporal.Instant,
): Promise<void> {
  if (groups.length === 0) return;
  await sql`
    insert into group_starts (shape, tenant, curve, said_at)
    select shape, tenant, curve, ${at} from unnest(
      ${groups.map(({ shape }) => shape)}::uuid[],
      ${groups.map(({ tenant }) => tenant)}::text[],
      ${groups.map(({ curve }) => json(curve))}::json[]) as one (shape, tenant, curve)
    on conflict (shape, tenant) do update set curve = excluded.curve, said_at = excluded.said_at`;
}

export async function dropGroupStarts(
  sql: Sql,
  groups: readonly Pick<GroupStarts, "shape" | "tenant">[],
): Promise<void> {
  if (groups.length === 0) return;
  await sql`
    delete from group_starts using unnest(
      ${groups.map(({ shape }) => shape)}::uuid[],
      ${groups.map(({ tenant }) => tenant)}::text[]) as gone (shape, tenant)
    where group_starts.shape = gone.shape and group_starts.tenant = gone.tenant`;
}

/** For a leader that has just begun: it says everything anew. */
export async function dropAllGroupStarts(sql: Sql): Promise<void> {
  await sql`delete from group_starts`;
}
