import {
  microYuan,
  type KeyId,
  type MicroYuan,
  type ProgrammeId,
  type TenantId,
} from "@wadi/core/units";
import type { Turn } from "@wadi/core/vouchers";
import type { ClaimId, RoundId } from "@wadi/protocol";

import { fragment, json, type Sql } from "../../db/index.ts";

/** Claims of a window that were decided together, as one person proposed it. */
export interface Round {
  readonly id: RoundId;
  readonly programme: ProgrammeId;
  readonly version: number;
  readonly window: string;
  /** The last day of application that it takes in; null: no window ends. */
  readonly until: Temporal.PlainDate | null;
  readonly isClosing: boolean;
  readonly decidedOn: Temporal.PlainDate;
  readonly claims: number;
  readonly grants: number;
  readonly granted: MicroYuan;
  readonly proposedBy: KeyId;
  readonly proposedAt: Temporal.Instant;
  /** Null: proposed only. */
  readonly approvedBy: KeyId | null;
  readonly approvedAt: Temporal.Instant | null;
}

export type ProposedRound = Omit<Round, "approvedBy" | "approvedAt">;

/** What a round says of one claim; `place` counts from 1. */
export interface Place {
  readonly place: number;
  readonly claim: ClaimId;
  readonly rank: number | null;
  readonly points: number;
  /** What of the budget is there for it; null: all that is left. */
  readonly share: MicroYuan | null;
  readonly isOut: boolean;
  readonly outcome: "granted" | "refused" | "incomplete";
  readonly granted: MicroYuan;
  readonly refused: readonly { readonly code: string; readonly amount: MicroYuan }[];
  /** Of all that the decision gives and refuses, 64 hex digits. */
  readonly digest: string;
}

export async function insertRound(
  sql: Sql,
  round: ProposedRound,
  places: readonly Place[],
): Promise<void> {
  const inserting = sql`
    insert into claim_rounds (id, programme, version, window_name, until, is_closing, decided_on,
      claims, grants, granted, proposed_by, proposed_at)
    values (${round.id}, ${round.programme}, ${round.version}, ${round.window}, ${round.until},
      ${round.isClosing}, ${round.decidedOn}, ${round.claims}, ${round.grants}, ${round.granted},
      ${round.proposedBy}, ${round.proposedAt})`;
  const placing = sql`
    insert into round_places (round, place, claim, rank, points, share, is_out, outcome, granted,
      refused, digest)
    select ${round.id}, place, claim, rank, points, share, is_out, outcome, granted, refused,
      decode(digest, 'hex')
    from unnest(
      ${places.map(({ place }) => place)}::int[],
      ${places.map(({ claim }) => claim)}::uuid[],
      ${places.map(({ rank }) => rank)}::int[],
      ${places.map(({ points }) => points)}::int[],
      ${places.map(({ share }) => share)}::bigint[],
      ${places.map(({ isOut }) => isOut)}::boolean[],
      ${places.map(({ outcome }) => outcome)}::text[],
      ${places.map(({ granted }) => granted)}::bigint[],
      ${places.map(({ refused }) => json(refused))}::json[],
      ${places.map(({ digest }) => digest)}::text[])
      as given (place, claim, rank, points, share, is_out, outcome, granted, refused, digest)`;
  await Promise.all([inserting, placing]);
}

/** The first approval of a window is the only one; `round` was proposed by somebody else. */
export async function insertApproval(
  sql: Sql,
  { round, by, at }: { round: ProposedRound; by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into round_approvals (round, programme, version, window_name, proposed_by, approved_by,
      approved_at)
    values (${round.id}, ${round.programme}, ${round.version}, ${round.window},
      ${round.proposedBy}, ${by}, ${at})`;
}

export async function readRound(
  sql: Sql,
  { programme, id }: { programme: ProgrammeId; id: RoundId },
): Promise<Round | undefined> {
  const [row] = await sql<Round>`
    select ${columns} from ${rounds} where r.id = ${id} and r.programme = ${programme}`;
  return row;
}

/** Of each window of a programme what was approved, or else proposed last; in no order. */
export async function lastRounds(sql: Sql, programme: ProgrammeId): Promise<Round[]> {
  return sql<Round>`
    select distinct on (r.version, r.window_name) ${columns} from ${rounds}
    where r.programme = ${programme}
    order by r.version, r.window_name, a.round is null, r.proposed_at desc, r.id desc`;
}

/** The windows of a version that were decided. */
export async function decidedWindows(
  sql: Sql,
  { programme, version }: { programme: ProgrammeId; version: number },
): Promise<Set<string>> {
  const rows = await sql<{ window: string }>`
    select window_name as window from round_approvals
    where programme = ${programme} and version = ${version}`;
  return new Set(rows.map(({ window }) => window));
}

/** All of them, in their order. */
export async function placesOf(sql: Sql, round: RoundId): Promise<Place[]> {
  const rows = await sql<PlaceRow & { digest: string }>`
    select ${placeColumns}, encode(digest, 'hex') as digest
    from round_places where round = ${round} order by place`;
  return rows.map(toPlace);
}

/** The same as people are shown it, so many from `after` on. */
export async function shownPlaces(
  sql: Sql,
  { round, after, limit }: { round: RoundId; after: number; limit: number },
): Promise<(Omit<Place, "digest"> & { readonly tenant: TenantId })[]> {
  const rows = await sql<PlaceRow & { tenant: TenantId }>`
    select ${placeColumns}, claims.tenant
    from round_places join claims on claims.id = claim
    where round = ${round} and place > ${after} order by place limit ${limit}`;
  return rows.map(toPlace);
}

/** What their rounds left to claims, of each its last one; those decided alone are left out. */
export async function turnsOf(
  sql: Sql,
  claims: readonly ClaimId[],
): Promise<ReadonlyMap<ClaimId, Turn>> {
  const rows = await sql<{ claim: ClaimId; share: MicroYuan | null; isOut: boolean }>`
    select distinct on (claim) claim, share, is_out as "isOut"
    from round_places join round_approvals on round_approvals.round = round_places.round
    where claim = any(${claims}::uuid[]) order by claim, approved_at desc`;
  return new Map(rows.map(({ claim, share, isOut }) => [claim, { budget: share, isOut }]));
}

/** Asks for nothing: the server ends a transaction that says nothing for some seconds. */
export async function beHeard(sql: Sql): Promise<void> {
  await sql`select 1`;
}

const rounds = fragment`(claim_rounds r left join round_approvals a on a.round = r.id)`;
const columns = fragment`r.id, r.programme, r.version, r.window_name as window, r.until,
  r.is_closing as "isClosing", r.decided_on as "decidedOn", r.claims, r.grants, r.granted,
  r.proposed_by as "proposedBy", r.proposed_at as "proposedAt", a.approved_by as "approvedBy",
  a.approved_at as "approvedAt"`;

const placeColumns = fragment`place, claim, rank, points, share, is_out as "isOut", outcome,
  round_places.granted, refused`;

interface PlaceRow extends Omit<Place, "refused" | "digest"> {
  readonly refused: readonly { readonly code: string; readonly amount: string }[];
}

const toPlace = <Row extends PlaceRow>(row: Row) => ({
  ...row,
  refused: row.refused.map(({ code, amount }) => ({ code, amount: microYuan(BigInt(amount)) })),
});
