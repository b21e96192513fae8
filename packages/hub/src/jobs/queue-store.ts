import type { ArrayNow, QueuedJob } from "@wadi/core/dispatch";
import { asId, type JobId, type PoolId, type TenantId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";
import { checkpointOf, type CheckpointColumns, type KeptCheckpoint } from "./kept-checkpoint.ts";

/** The oldest queued jobs of one shape and tenant. */
export interface QueueHeads extends GroupName {
  /** Of the first of them: its spec's document, and what has become of it since. */
  readonly spec: Buffer;
  readonly charged: bigint;
  readonly ruledOut: readonly PoolId[];
  readonly checkpoint: KeptCheckpoint | null;
  readonly jobs: readonly QueuedJob[];
  /** Some are left out, because there are more than asked for. */
  readonly hasMore: boolean;
}

/**
 * The heads of the queue: of each shape and tenant the `perGroup` oldest jobs. It steps through
 * the index from group to group, so that it costs as much as there are groups, not jobs.
 */
export async function readQueueHeads(sql: Sql, perGroup: number): Promise<QueueHeads[]> {
  const rows = await sql<HeadRow>`
    with recursive groups as (
      (select priority, shape, tenant from jobs where state = 'queued'
        order by priority, shape, tenant limit 1)
      union all
      select next.priority, next.shape, next.tenant from groups cross join lateral (
        select priority, shape, tenant from jobs
        where state = 'queued'
          and (priority, shape, tenant) > (groups.priority, groups.shape, groups.tenant)
        order by priority, shape, tenant limit 1) as next
    )
    select ${headColumns}
    from groups cross join lateral (
      select * from jobs
      where state = 'queued' and jobs.priority = groups.priority and jobs.shape = groups.shape
        and jobs.tenant = groups.tenant
      order by submitted_at, id limit ${perGroup + 1}) as head`;
  return headsBy(rows, perGroup);
}

/** The jobs of one priority, shape and tenant. */
export interface GroupName {
  readonly priority: number;
  readonly shape: string;
  readonly tenant: TenantId;
}

/** The same of these groups; those of which no job waits are left out. */
export async function readHeadsOf(
  sql: Sql,
  groups: readonly GroupName[],
  perGroup: number,
): Promise<QueueHeads[]> {
  if (groups.length === 0) return [];
  const rows = await sql<HeadRow>`
    select ${headColumns}
    from unnest(
      ${groups.map(({ priority }) => priority)}::smallint[],
      ${groups.map(({ shape }) => shape)}::uuid[],
      ${groups.map(({ tenant }) => tenant)}::text[]
    ) as groups (priority, shape, tenant) cross join lateral (
      select * from jobs
      where state = 'queued' and jobs.priority = groups.priority and jobs.shape = groups.shape
        and jobs.tenant = groups.tenant
      order by submitted_at, id limit ${perGroup + 1}) as head`;
  return headsBy(rows, perGroup);
}

/** How many jobs wait in each group. */
export async function readGroupSizes(sql: Sql): Promise<number[]> {
  const rows = await sql<{ jobs: number }>`
    select count(*)::int as jobs from jobs where state = 'queued' group by priority, shape, tenant`;
  return rows.map(({ jobs }) => jobs);
}

/** What is not committed yet, and what will be, stands at this or later in `events`. */
export async function readMark(sql: Sql): Promise<string> {
  const [row] = await sql<{ mark: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as mark`;
  return row!.mark;
}

/** Jobs of which events tell that were written since a mark, with the groups they are of now. */
export async function readTouched(
  sql: Sql,
  since: string,
): Promise<(GroupName & { readonly job: JobId })[]> {
  return sql<GroupName & { job: JobId }>`
    select id as job, priority, shape, tenant from jobs
    where id in (select job from events where transaction >= ${since}::xid8)`;
}

const headColumns = fragment`head.id, head.priority, head.shape, head.tenant, head.submitted_at,
  head.spec, head.charged, head.ruled_out, head.checkpoint_centre, head.checkpoint_place,
  head.checkpoint_bytes, head.array_parallel, head.submission`;

function headsBy(rows: readonly HeadRow[], perGroup: number): QueueHeads[] {
  const heads = Map.groupBy(rows, ({ shape, tenant }) => `${shape} ${tenant}`);
  return [...heads.values()].map((group) => headsOf(group, perGroup));
}

/** Counted no further than that. */
export async function isWaitingMoreThan(sql: Sql, count: number): Promise<boolean> {
  const [row] = await sql<{ jobs: number }>`
    select count(*)::int as jobs
    from (select from jobs where state = 'queued' limit ${count + 1}) as first`;
  return row!.jobs > count;
}

interface HeadRow extends CheckpointColumns {
  id: string;
  priority: number;
  shape: string;
  tenant: string;
  submitted_at: Temporal.Instant;
  spec: Buffer;
  charged: bigint;
  ruled_out: string[];
  array_parallel: number | null;
  submission: string;
}

function headsOf(group: readonly HeadRow[], perGroup: number): QueueHeads {
  const [first] = group;
  return {
    priority: first!.priority,
    shape: first!.shape,
    tenant: asId(first!.tenant),
    spec: first!.spec,
    charged: first!.charged,
    ruledOut: first!.ruled_out.map((id) => asId(id)),
    checkpoint: checkpointOf(first!),
    hasMore: group.length > perGroup,
    jobs: group.slice(0, perGroup).map((row) => ({
      id: asId(row.id),
      tenant: asId(row.tenant),
      submittedMs: row.submitted_at.epochMilliseconds,
      array: row.array_parallel === null ? null : asId<JobId>(row.submission),
    })),
  };
}

/** Of each of these arrays: its bound, and how many of its jobs hold cards now. */
export async function readArrays(
  sql: Sql,
  arrays: readonly JobId[],
): Promise<Map<JobId, ArrayNow>> {
  if (arrays.length === 0) return new Map();
  const rows = await sql<{ submission: string; parallel: number; running: number }>`
    select submission, max(array_parallel) as parallel,
      (count(*) filter (where state in ('placed', 'running')))::int as running
    from jobs
    where submission = any(${arrays}::uuid[]) and array_index is not null
    group by submission`;
  return new Map(
    rows.map(({ submission, parallel, running }) => [
      asId<JobId>(submission),
      { parallel, running },
    ]),
  );
}

/** Keeps why the jobs of a shape find no room: a row whenever that changes. */
export async function insertShapeWaits(
  sql: Sql,
  waits: readonly { shape: string; at: Temporal.Instant; candidates: Buffer }[],
): Promise<void> {
  if (waits.length === 0) return;
  await sql`
    insert into shape_waits (shape, at, candidates)
    select * from unnest(
      ${waits.map(({ shape }) => shape)}::uuid[],
      ${waits.map(({ at }) => at)}::timestamptz[],
      ${waits.map(({ candidates }) => candidates)}::bytea[])
    on conflict do nothing`;
}
