import type { MicroYuan, ProgrammeId } from "@wadi/core/units";
import type { ProgrammeSums } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { cardSecondsPaid } from "../../metering/index.ts";

/** Where a programme's claims stand, by state. */
export interface StateSum {
  readonly state: string;
  readonly claims: number;
  readonly granted: MicroYuan;
  readonly redeemed: MicroYuan;
  readonly released: MicroYuan;
}

export async function sumsByState(sql: Sql, programme: ProgrammeId): Promise<StateSum[]> {
  return sql<StateSum>`
    select state, count(*)::int as claims, sum(granted)::bigint as granted,
      sum(redeemed)::bigint as redeemed, sum(released)::bigint as released
    from claims where programme = ${programme} group by state order by state`;
}

/**
 * What claims hold that are not issued yet: reserved with the application, or set aside by their
 * round. No fund has promised it; counters keep it from others.
 */
export async function setAsideOf(sql: Sql, programme: ProgrammeId): Promise<MicroYuan> {
  const [row] = await sql<{ amount: MicroYuan }>`
    select coalesce(sum((decision->>'granted')::bigint), 0)::bigint as amount
    from claims
    where programme = ${programme} and state in ('reviewing', 'gathered', 'announced')
      and exists (
        select from claim_events, json_array_elements(facts->'touched') as move
        where claim = claims.id and facts->'touched' is not null
        group by move->>'key' having sum((move->>'by')::bigint) <> 0)`;
  return row!.amount;
}

/** What was refused by the last decisions, by code; the largest first. */
export async function refusedByCode(
  sql: Sql,
  programme: ProgrammeId,
): Promise<{ code: string; amount: MicroYuan; claims: number }[]> {
  return sql<{ code: string; amount: MicroYuan; claims: number }>`
    select refused->>'code' as code, sum((refused->>'amount')::bigint)::bigint as amount,
      count(distinct claims.id)::int as claims
    from claims, json_array_elements(decision->'refused') as refused
    where programme = ${programme} and decision is not null
    group by 1 order by 2 desc, 1`;
}

/** What a programme's figures are worked out from; lines count by the base of its last rules. */
export async function sumsForFigures(
  sql: Sql,
  { programme, base }: { programme: ProgrammeId; base: string },
): Promise<ProgrammeSums> {
  const [claims] = await sql<Omit<ProgrammeSums, "cardSeconds">>`
    with given as (select * from claims where programme = ${programme} and issued_on is not null),
    lines as (
      select (line->'amounts'->>${base})::numeric as amount,
        line->'facts'->>'line.chipOrigin' as origin
      from given, json_array_elements(asked->'lines') as line
      where not exists (select from json_array_elements(decision->'excluded') as out
        where out->>'line' = line->>'id'))
    select count(distinct tenant) as applicants, count(*) as grants,
      coalesce(sum(granted), 0)::bigint as granted, coalesce(sum(redeemed), 0)::bigint as redeemed,
      coalesce(sum((decision->>'base')::bigint) filter (where granted > 0), 0)::bigint as base,
      (select coalesce(sum(amount) filter (where origin = 'domestic'), 0) * 1000000
        from lines)::bigint as domestic,
      (select coalesce(sum(amount) filter (where origin is not null), 0) * 1000000
        from lines)::bigint as "ofKnownOrigin"
    from given`;
  return { ...claims!, cardSeconds: await cardSecondsPaid(sql, programme) };
}

/** Claims under public notice, the applicant's name as it is registered. */
export async function underNotice(
  sql: Sql,
  programme: ProgrammeId,
): Promise<{ name: string; amount: MicroYuan; until: Temporal.PlainDate }[]> {
  return sql<{ name: string; amount: MicroYuan; until: Temporal.PlainDate }>`
    select tenants.name, (decision->>'granted')::bigint as amount, notice_until as until
    from claims join tenants on tenants.id = claims.tenant
    where programme = ${programme} and state = 'announced' order by claims.id`;
}

/** Documents of a programme's claims, as often as they were handed in. */
export async function evidenceOf(
  sql: Sql,
  programme: ProgrammeId,
): Promise<{ subject: string; kind: string; hash: string }[]> {
  return sql<{ subject: string; kind: string; hash: string }>`
    select 'claim/' || claims.id as subject, one->>'kind' as kind, one->>'sha256' as hash
    from claims, json_array_elements(asked->'evidence') as one
    where programme = ${programme} order by claims.id, kind, hash`;
}

/** When bills were redeemed, by tenant. */
export async function redemptionsOf(
  sql: Sql,
  programme: ProgrammeId,
): Promise<{ subject: string; at: Temporal.Instant }[]> {
  return sql<{ subject: string; at: Temporal.Instant }>`
    select 'applicant/' || tenant as subject, at
    from claim_settlements join claims on claims.id = claim_settlements.claim
    where programme = ${programme} and outcome->>'outcome' = 'redeemed' order by at, claims.id`;
}
