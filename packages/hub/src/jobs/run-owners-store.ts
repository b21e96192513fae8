import type { CentreId, ProviderId, RunId, TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** Whose a run is, and when it held its cards as far as the hub knows. */
export interface RunOwners {
  readonly tenant: TenantId;
  readonly centre: CentreId;
  readonly provider: ProviderId;
  readonly startedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
}

/** Of those that there are. */
export async function ownersOfRuns(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, RunOwners>> {
  if (runs.length === 0) return new Map();
  const rows = await sql<RunOwners & { id: RunId }>`
    select runs.id, jobs.tenant, runs.centre, runs.provider, runs.started_at as "startedAt",
      runs.ended_at as "endedAt"
    from runs join jobs on jobs.id = runs.job where runs.id = any(${runs}::uuid[])`;
  return new Map(rows.map(({ id, ...owners }) => [id, owners]));
}
