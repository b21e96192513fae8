import type { JobState } from "@wadi/core/job";
import { asId, type JobId, type TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** A job that others wait for. `ok`: it must succeed; `any`: it must end. */
export interface Dependency {
  readonly needs: JobId;
  readonly kind: "ok" | "any";
}

/** Whose these jobs are and how they stand; none of them can move until the transaction ends. */
export async function readNeeded(
  sql: Sql,
  ids: readonly JobId[],
): Promise<{ id: JobId; tenant: TenantId; state: JobState }[]> {
  return sql<{ id: JobId; tenant: TenantId; state: JobState }>`
    select id, tenant, state from jobs where id = any(${ids}::uuid[]) order by id for share`;
}

export async function insertDependencies(
  sql: Sql,
  links: readonly (Dependency & { readonly job: JobId })[],
): Promise<void> {
  if (links.length === 0) return;
  await sql`
    insert into job_dependencies (job, needs, kind)
    select * from unnest(
      ${links.map(({ job }) => job)}::uuid[],
      ${links.map(({ needs }) => needs)}::uuid[],
      ${links.map(({ kind }) => kind)}::text[])
    on conflict do nothing`;
}

/** Jobs that wait for one of these, each once per dependency; by job. */
export async function readDependents(
  sql: Sql,
  ended: readonly JobId[],
): Promise<(Dependency & { readonly job: JobId })[]> {
  const rows = await sql<{ job: string; needs: string; kind: "ok" | "any" }>`
    select job, needs, kind from job_dependencies
    where needs = any(${ended}::uuid[]) order by job, needs, kind`;
  return rows.map(({ job, needs, kind }) => ({ job: asId(job), needs: asId(needs), kind }));
}
