import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** Card-seconds that a tenant was charged for about one time. */
export interface Used {
  readonly tenant: TenantId;
  readonly atMs: number;
  readonly cardSeconds: number;
}

/**
 * What tenants used since a time: by hour as far as charges have been added up, the rest as one
 * sum each.
 */
export async function readUsed(sql: Sql, since: Temporal.Instant): Promise<Used[]> {
  return sql<Used>`
    select tenant, (extract(epoch from hour) * 1000 + 1800000)::float8 as "atMs",
      card_seconds::float8 as "cardSeconds"
    from tenant_usage where hour >= ${since}
    union all
    select tenant, avg(extract(epoch from charged_at) * 1000)::float8, sum(card_seconds)::float8
    from charges
    where charged_at >= greatest(${since}::timestamptz, (select until from tenant_usage_until))
    group by tenant`;
}

/** Up to when charges are added up. Whoever adds up next waits for this transaction. */
export async function lockUsageUntil(sql: Sql): Promise<Temporal.Instant> {
  const [row] = await sql<{ until: Temporal.Instant }>`
    select until from tenant_usage_until for update`;
  return row!.until;
}

/** Adds up by hour what was charged since `from`, a full hour, in hours that ended by `until`. */
export async function addUpUsage(
  sql: Sql,
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into tenant_usage (tenant, hour, card_seconds)
    select tenant, date_trunc('hour', charged_at), sum(card_seconds)::bigint from charges
    where charged_at >= ${from} and charged_at < date_trunc('hour', ${until}::timestamptz)
    group by tenant, date_trunc('hour', charged_at)
    on conflict (hour, tenant) do nothing`;
}

export async function saveUsageUntil(sql: Sql, until: Temporal.Instant): Promise<void> {
  await sql`
    update tenant_usage_until
    set until = greatest(until, date_trunc('hour', ${until}::timestamptz))`;
}

/** How many runs of each tenant were leased since a time. */
export async function readStarts(
  sql: Sql,
  since: Temporal.Instant,
): Promise<Map<TenantId, number>> {
  const rows = await sql<{ tenant: TenantId; starts: number }>`
    select tenant, count(*)::int as starts from runs join jobs on jobs.id = runs.job
    where leased_at >= ${since} group by tenant`;
  return new Map(rows.map(({ tenant, starts }) => [tenant, starts]));
}

/** How many runs rounds have stopped for others since a time. */
export async function countPreempted(sql: Sql, since: Temporal.Instant): Promise<number> {
  const [row] = await sql<{ runs: number }>`
    select count(*)::int as runs from runs where preempted_at >= ${since}`;
  return row!.runs;
}
