import { rate, type ProgrammeId, type Rate } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** What held of a programme at some time. */
export interface ProgrammeVersion {
  readonly programme: ProgrammeId;
  readonly version: number;
  readonly rate: Rate;
  readonly expiresAt: Temporal.Instant;
}

/** Every version of the programmes, by programme and version. */
export async function versionsOf(
  sql: Sql,
  programmes: readonly ProgrammeId[],
): Promise<ProgrammeVersion[]> {
  const rows = await sql<Omit<ProgrammeVersion, "rate"> & { readonly rate: bigint }>`
    select programme, version, rate, expires_at as "expiresAt" from programme_versions
    where programme = any(${programmes}::text[]) order by programme, version`;
  return rows.map((row) => ({ ...row, rate: rate(row.rate) }));
}
