import type { ArrayNow, QueuedJob } from "@wadi/core/dispatch";
import { asId, type JobId, type PoolId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** The oldest queued jobs of one shape and tenant. */
export interface QueueHeads {
  readonly shape: string;
  /** Of the first of them: its spec's document, and what has become of it since. */
  readonly spec: Buffer;
  readonly charged: bigint;
  readonly ruledOut: readonly PoolId[];
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
    select head.id, head.shape, head.tenant, head.submitted_at, head.spec, head.charged,
      head.ruled_out, head.array_parallel, head.submission
    from groups cross join lateral (
      select * from jobs
      where state = 'queued' and jobs.priority = groups.priority and jobs.shape = groups.shape
        and jobs.tenant = groups.tenant
      order by submitted_at, id limit ${perGroup + 1}) as head`;
  const heads = Map.groupBy(rows, ({ shape, tenant }) => `${shape} ${tenant}`);
  return [...heads.values()].map((group) => headsOf(group, perGroup));
}

interface HeadRow {
  id: string;
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
    shape: first!.shape,
    spec: first!.spec,
    charged: first!.charged,
    ruledOut: first!.ruled_out.map((id) => asId(id)),
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
