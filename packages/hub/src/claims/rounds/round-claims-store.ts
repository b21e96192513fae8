import type { ProgrammeId } from "@wadi/core/units";
import { caseFields, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../../db/index.ts";
import { decisionDocument } from "../claim/decision-document.ts";
import type { StoredClaim } from "../claim/store.ts";
import { addUnitMoves } from "../units/unit-store.ts";

const askedDocument = z.strictObject(caseFields);

/** The claims of a version that were applied for until a day (null: whenever). */
export interface UntilDay {
  readonly programme: ProgrammeId;
  readonly version: number;
  readonly until: Temporal.PlainDate | null;
}

/**
 * Whether its round decided a claim that is not issued yet: the money is set aside for it. That it
 * was returned since then undoes it.
 */
export async function wasDecidedInRound(sql: Sql, claim: ClaimId): Promise<boolean> {
  const [row] = await sql<{ is: boolean }>`
    select ${wasAnnounced} as is from claims where id = ${claim}`;
  return row!.is;
}

/** Only rounds announce claims that are decided together, and whoever objects keeps the place. */
const wasAnnounced = fragment`coalesce((
  select action = 'announce' from claim_events
  where claim = claims.id and action in ('announce', 'ask') order by number desc limit 1), false)`;

/** Claims that a round has to decide; one that it decided may be with the offices once more. */
const isOnTheWay = fragment`(state in ('applied', 'incomplete', 'gathered')
  or state = 'reviewing' and not ${wasAnnounced})`;

/** How many claims of a programme are on their way to a round, by version, day and state. */
export async function waitingByDay(
  sql: Sql,
  programme: ProgrammeId,
): Promise<
  { version: number; appliedOn: Temporal.PlainDate; state: WaitingState; claims: number }[]
> {
  return sql<{
    version: number;
    appliedOn: Temporal.PlainDate;
    state: WaitingState;
    claims: number;
  }>`
    select version, applied_on as "appliedOn", state, count(*)::int as claims from claims
    where programme = ${programme} and ${isOnTheWay}
    group by version, applied_on, state order by version, applied_on, state`;
}

export type WaitingState = "applied" | "incomplete" | "reviewing" | "gathered";

/** Claims that wait for a round, by id; nothing is locked. */
export async function gatheredClaims(
  sql: Sql,
  { programme, version, until }: UntilDay,
): Promise<ClaimId[]> {
  const rows = await sql<{ id: ClaimId }>`
    select id from claims
    where programme = ${programme} and version = ${version} and state = 'gathered'
      and (${until}::date is null or applied_on <= ${until}) order by id`;
  return rows.map(({ id }) => id);
}

/** All claims on their way to a round, locked in the order of their ids. */
export async function lockWaiting(
  sql: Sql,
  { programme, version, until }: UntilDay,
): Promise<{ id: ClaimId; state: WaitingState }[]> {
  return sql<{ id: ClaimId; state: WaitingState }>`
    select id, state from claims
    where programme = ${programme} and version = ${version} and ${isOnTheWay}
      and (${until}::date is null or applied_on <= ${until})
    order by id for update`;
}

const savedAtOnce = 500;

/** What a round changed of claims that were never issued; their rows are locked. */
export async function saveDecided(sql: Sql, claims: readonly StoredClaim[]): Promise<void> {
  for (let from = 0; from < claims.length; from += savedAtOnce) {
    const some = claims.slice(from, from + savedAtOnce);
    await Promise.all([saveStates(sql, some), addHappened(sql, some), addUnitMoves(sql, some)]);
  }
}

async function saveStates(sql: Sql, claims: readonly StoredClaim[]): Promise<void> {
  const decisions = claims.map(
    ({ decision }) => decision && json(z.encode(decisionDocument, decision)),
  );
  await sql`
    update claims set state = given.state, stage = given.stage, asked = given.asked,
      decision = given.decision,
      granted = given.granted, redeemed = 0, released = 0, issued_on = given.issued_on,
      last_day = given.last_day, notice_until = given.notice_until
    from unnest(
      ${claims.map(({ id }) => id)}::uuid[],
      ${claims.map(({ state }) => state)}::text[],
      ${claims.map(({ stage }) => stage)}::int[],
      ${claims.map(({ asked }) => json(z.encode(askedDocument, asked)))}::json[],
      ${decisions}::json[],
      ${claims.map(({ granted }) => granted)}::bigint[],
      ${claims.map(({ issuedOn }) => issuedOn)}::date[],
      ${claims.map(({ lastDay }) => lastDay)}::date[],
      ${claims.map(({ noticeUntil }) => noticeUntil)}::date[])
      as given (id, state, stage, asked, decision, granted, issued_on, last_day, notice_until)
    where claims.id = given.id`;
}

async function addHappened(sql: Sql, claims: readonly StoredClaim[]): Promise<void> {
  const events = claims.flatMap(({ id, happened }) =>
    happened.map((event, index) => ({ ...event, id, number: index + 1 })),
  );
  await sql`
    insert into claim_events (claim, number, at, by_key, action, from_state, to_state, facts)
    select given.claim, had.number + given.number, at, by_key, action, from_state, to_state, facts
    from unnest(
      ${events.map(({ id }) => id)}::uuid[],
      ${events.map(({ number }) => number)}::int[],
      ${events.map(({ at }) => at)}::timestamptz[],
      ${events.map(({ by }) => by)}::uuid[],
      ${events.map(({ action }) => action)}::text[],
      ${events.map(({ from }) => from)}::text[],
      ${events.map(({ to }) => to)}::text[],
      ${events.map(({ facts }) => json(facts))}::json[])
      as given (claim, number, at, by_key, action, from_state, to_state, facts)
    join lateral (select coalesce(max(number), 0) as number from claim_events
      where claim_events.claim = given.claim) as had on true`;
}
