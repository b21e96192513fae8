import type { ProgrammeId, TenantId } from "@wadi/core/units";
import type { ClaimId } from "@wadi/protocol";

import { fragment, type Sql } from "../../db/index.ts";

/** What a tenant claims for once in a programme. */
export interface OneContract {
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
  readonly contract: string;
}

/**
 * Waits for other claims for the same contracts that are being decided: the second sees what became
 * of the first, which has no row before it was.
 */
export async function lockContracts(sql: Sql, asked: readonly OneContract[]): Promise<void> {
  const names = asked.map(({ programme, tenant, contract }) =>
    ["claim", programme, tenant, contract].join("/"),
  );
  await sql`
    select pg_advisory_xact_lock(lock) from (
      select distinct hashtextextended(name, 0) as lock from unnest(${names}::text[]) as name
      order by lock) as locks`;
}

/** Claims for these contracts that were refused, by id; their rows are locked. */
export async function lockRefused(sql: Sql, asked: readonly OneContract[]): Promise<ClaimId[]> {
  const rows = await sql<{ id: ClaimId }>`
    select id from claims where ${isRefusedFor(asked)} order by id for update`;
  return rows.map(({ id }) => id);
}

/** The same with nothing locked. */
export async function readRefused(sql: Sql, asked: readonly OneContract[]): Promise<ClaimId[]> {
  const rows = await sql<{ id: ClaimId }>`
    select id from claims where ${isRefusedFor(asked)} order by id`;
  return rows.map(({ id }) => id);
}

const isRefusedFor = (asked: readonly OneContract[]) => fragment`
  state = 'refused' and (contract, tenant, programme) in (select * from unnest(
    ${asked.map(({ contract }) => contract)}::text[],
    ${asked.map(({ tenant }) => tenant)}::text[],
    ${asked.map(({ programme }) => programme)}::text[]))`;
