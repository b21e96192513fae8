import type { KeyId, ProgrammeId, TenantId } from "@wadi/core/units";
import type { Review } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import { json, type Sql } from "../../db/index.ts";
import { undoneOfClaim } from "../../ledger/index.ts";

/** One thing that happened to a claim; `by` null: the hub itself, as time went by. */
export interface ClaimEvent {
  readonly at: Temporal.Instant;
  readonly by: KeyId | null;
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Adds to what happened, in this order; the claim's row is locked, or new. */
export async function addEvents(
  sql: Sql,
  claim: ClaimId,
  events: readonly ClaimEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into claim_events (claim, number, at, by_key, action, from_state, to_state, facts)
    select ${claim}, had.number + given.place, given.at, given.by, action, from_state, to_state,
      facts
    from (select coalesce(max(number), 0) as number from claim_events where claim = ${claim}) had,
      unnest(
        ${events.map(({ at }) => at)}::timestamptz[],
        ${events.map(({ by }) => by)}::uuid[],
        ${events.map(({ action }) => action)}::text[],
        ${events.map(({ from }) => from)}::text[],
        ${events.map(({ to }) => to)}::text[],
        ${events.map(({ facts }) => json(facts))}::json[])
      with ordinality as given (at, by, action, from_state, to_state, facts, place)`;
}

/** The first things that happened to new claims, of each in its order. */
export async function addFirstEvents(
  sql: Sql,
  claims: readonly { readonly id: ClaimId; readonly happened: readonly ClaimEvent[] }[],
): Promise<void> {
  const events = claims.flatMap(({ id, happened }) =>
    happened.map((event, index) => ({ ...event, id, number: index + 1 })),
  );
  await sql`
    insert into claim_events (claim, number, at, by_key, action, from_state, to_state, facts)
    select * from unnest(
      ${events.map(({ id }) => id)}::uuid[],
      ${events.map(({ number }) => number)}::int[],
      ${events.map(({ at }) => at)}::timestamptz[],
      ${events.map(({ by }) => by)}::uuid[],
      ${events.map(({ action }) => action)}::text[],
      ${events.map(({ from }) => from)}::text[],
      ${events.map(({ to }) => to)}::text[],
      ${events.map(({ facts }) => json(facts))}::json[])`;
}

/** In their order. */
export async function eventsOf(sql: Sql, claim: ClaimId): Promise<ClaimEvent[]> {
  return sql<ClaimEvent>`
    select at, by_key as by, action, from_state as "from", to_state as "to", facts
    from claim_events where claim = ${claim} order by number`;
}

/**
 * Reviews that counted, in their order; they begin anew when the applicant completed the claim, and
 * when somebody objected to it.
 */
export async function reviewsOf(sql: Sql, claim: ClaimId): Promise<Review[]> {
  return sql<Review>`
    select facts->>'stage' as stage, by_key::text as person, facts->>'verdict' as verdict
    from claim_events where claim = ${claim} and action = 'review-said'
      and number > (select coalesce(max(number), 0) from claim_events
        where claim = ${claim} and action in ('complete', 'object'))
    order by number`;
}

/** Whether an office sent the claim back to its applicant and has not got it again since. */
export async function wasReturned(sql: Sql, claim: ClaimId): Promise<boolean> {
  const [last] = await sql<{ verdict: string | null }>`
    select facts->>'verdict' as verdict from claim_events
    where claim = ${claim} and action in ('review', 'review-said')
    order by number desc limit 1`;
  return last?.verdict === "return";
}

/** Persons who applied for a claim or completed it. */
export async function applicantsOf(sql: Sql, claim: ClaimId): Promise<string[]> {
  const rows = await sql<{ person: string }>`
    select distinct by_key::text as person from claim_events
    where claim = ${claim} and by_key is not null and action in ('apply', 'complete')`;
  return rows.map(({ person }) => person);
}

/**
 * Whom a programme bans, of these tenants, and until which day. A ban ends with the last part of
 * its clawback that was undone.
 */
export async function bansOf(
  sql: Sql,
  of: readonly { readonly programme: ProgrammeId; readonly tenant: TenantId }[],
): Promise<(one: { programme: ProgrammeId; tenant: TenantId }) => Temporal.PlainDate | null> {
  const rows = await sql<{ programme: ProgrammeId; tenant: TenantId; until: string }>`
    select programme, tenant, max(facts->>'bannedUntil') as until
    from claims join claim_events on claim_events.claim = claims.id and action = 'claw-back'
    where state = 'clawed-back' and facts->>'bannedUntil' is not null
      and (facts->>'amount' = '0' or ${undoneOfClaim} < (facts->>'amount')::bigint)
      and (programme, tenant) in (select * from unnest(
        ${of.map(({ programme }) => programme)}::text[],
        ${of.map(({ tenant }) => tenant)}::text[]))
    group by programme, tenant`;
  const until = new Map(rows.map((row) => [`${row.programme}/${row.tenant}`, row.until]));
  return ({ programme, tenant }) => {
    const day = until.get(`${programme}/${tenant}`);
    return day === undefined ? null : Temporal.PlainDate.from(day);
  };
}

/** The last day of the longest ban of a claim's tenant in its programme; null: none. */
export async function bannedUntil(
  sql: Sql,
  { programme, tenant }: { programme: ProgrammeId; tenant: TenantId },
): Promise<Temporal.PlainDate | null> {
  const banOf = await bansOf(sql, [{ programme, tenant }]);
  return banOf({ programme, tenant });
}
