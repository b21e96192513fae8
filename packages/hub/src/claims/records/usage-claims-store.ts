import type { CardModelId, MicroYuan, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";

import type { Sql } from "../../db/index.ts";
import { chargeEntries } from "../../metering/index.ts";

/** What a tenant used and paid itself at one centre on one card model, in a time. */
export interface UsageSum {
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly centre: string;
  readonly model: CardModelId;
  /** Less what was given back; below zero where that is more. */
  readonly paid: MicroYuan;
  readonly cardSeconds: bigint;
}

/** By tenant, provider, centre and model; what charges and corrections of the time come to. */
export async function usageIn(
  sql: Sql,
  of: { readonly from: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<UsageSum[]> {
  return sql<UsageSum>`
    select tenant, provider, pools.centre, model, sum(cash)::bigint as paid,
      sum(card_seconds)::bigint as "cardSeconds"
    from ${chargeEntries(of)} join pools on pools.id = pool
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
}

/** Of these ids, those of centres. */
export async function knownCentres(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }>`select id from centres where id = any(${ids}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Since when each programme has approved rules of one of these modes, by programme. */
export async function programmesOfMode(
  sql: Sql,
  modes: readonly string[],
): Promise<{ programme: ProgrammeId; since: Temporal.Instant }[]> {
  return sql<{ programme: ProgrammeId; since: Temporal.Instant }>`
    select programme, min(approved_at) as since from programme_rules
    where approved_at is not null and rules->'lifecycle'->>'mode' = any(${modes}::text[])
    group by programme order by programme`;
}

/** Periods of a programme that were claimed for. */
export async function periodsClaimed(sql: Sql, programme: ProgrammeId): Promise<Set<string>> {
  const rows = await sql<{ period: string }>`
    select period from usage_periods where programme = ${programme}`;
  return new Set(rows.map(({ period }) => period));
}

/** Notes that a period was claimed for; once. */
export async function savePeriod(
  sql: Sql,
  of: {
    programme: ProgrammeId;
    period: string;
    claims: number;
    withoutClaim: number;
    at: Temporal.Instant;
  },
): Promise<void> {
  await sql`
    insert into usage_periods (programme, period, claims, without_claim, made_at)
    values (${of.programme}, ${of.period}, ${of.claims}, ${of.withoutClaim}, ${of.at})
    on conflict do nothing`;
}
