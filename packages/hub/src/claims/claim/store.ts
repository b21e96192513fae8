import type { MicroYuan, ProgrammeId, TenantId } from "@wadi/core/units";
import type { Decision, Progress } from "@wadi/core/vouchers";
import { caseFields, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../../db/index.ts";
import { decisionDocument, progressDocument } from "./decision-document.ts";
import { addEvents, addFirstEvents, type ClaimEvent } from "./event-store.ts";
import { addUnitMoves } from "../units/unit-store.ts";
import type { UnitMove } from "../units/units.ts";

const askedDocument = z.strictObject(caseFields);
/** What an applicant sent: a case without what the hub knows of it. */
export type Asked = z.output<typeof askedDocument>;

/** A claim as it stands. */
export interface StoredClaim {
  readonly id: ClaimId;
  readonly programme: ProgrammeId;
  readonly version: number;
  readonly tenant: TenantId;
  readonly contract: string;
  readonly state: string;
  /** How many of the rules' stages have agreed. */
  readonly stage: number;
  readonly asked: Asked;
  readonly decision: Decision | null;
  readonly progress: Progress;
  readonly granted: MicroYuan;
  readonly redeemed: MicroYuan;
  readonly released: MicroYuan;
  readonly appliedAt: Temporal.Instant;
  readonly appliedOn: Temporal.PlainDate;
  readonly issuedOn: Temporal.PlainDate | null;
  readonly lastDay: Temporal.PlainDate | null;
  readonly noticeUntil: Temporal.PlainDate | null;
  /** What happened to it since it was read; saved with it. */
  readonly happened: readonly ClaimEvent[];
  /** Card-hours and tokens that moved since it was read; saved with it. */
  readonly unitMoves: readonly UnitMove[];
}

/** New claims, and what happened to them at once. */
export async function insertClaims(sql: Sql, claims: readonly StoredClaim[]): Promise<void> {
  if (claims.length === 0) return;
  const inserting = sql`
    insert into claims (id, programme, version, tenant, contract, state, stage, asked, decision,
      progress, granted, redeemed, released, applied_at, applied_on, issued_on, last_day,
      notice_until)
    select * from unnest(
      ${claims.map(({ id }) => id)}::uuid[],
      ${claims.map(({ programme }) => programme)}::text[],
      ${claims.map(({ version }) => version)}::int[],
      ${claims.map(({ tenant }) => tenant)}::text[],
      ${claims.map(({ contract }) => contract)}::text[],
      ${claims.map(({ state }) => state)}::text[],
      ${claims.map(({ stage }) => stage)}::int[],
      ${claims.map(({ asked }) => json(z.encode(askedDocument, asked)))}::json[],
      ${claims.map(({ decision }) => decisionJson(decision))}::json[],
      ${claims.map(({ progress }) => json(z.encode(progressDocument, progress)))}::json[],
      ${claims.map(({ granted }) => granted)}::bigint[],
      ${claims.map(({ redeemed }) => redeemed)}::bigint[],
      ${claims.map(({ released }) => released)}::bigint[],
      ${claims.map(({ appliedAt }) => appliedAt)}::timestamptz[],
      ${claims.map(({ appliedOn }) => appliedOn)}::date[],
      ${claims.map(({ issuedOn }) => issuedOn)}::date[],
      ${claims.map(({ lastDay }) => lastDay)}::date[],
      ${claims.map(({ noticeUntil }) => noticeUntil)}::date[])`;
  await Promise.all([inserting, addFirstEvents(sql, claims), addUnitMoves(sql, claims)]);
}

const decisionJson = (decision: Decision | null) =>
  decision && json(z.encode(decisionDocument, decision));

/** All that may change of a claim, and what happened to it; its row is locked. */
export async function saveClaim(sql: Sql, claim: StoredClaim): Promise<void> {
  const { decision, progress, happened } = claim;
  const saving = sql`
    update claims set state = ${claim.state}, stage = ${claim.stage},
      version = ${claim.version}, asked = ${json(z.encode(askedDocument, claim.asked))},
      decision = ${decisionJson(decision)},
      progress = ${json(z.encode(progressDocument, progress))},
      granted = ${claim.granted}, redeemed = ${claim.redeemed}, released = ${claim.released},
      issued_on = ${claim.issuedOn}, last_day = ${claim.lastDay},
      notice_until = ${claim.noticeUntil}
    where id = ${claim.id}`;
  await Promise.all([saving, addEvents(sql, claim.id, happened), addUnitMoves(sql, [claim])]);
}

/** Waits for whoever else has it. */
export async function lockClaim(sql: Sql, id: ClaimId): Promise<StoredClaim | undefined> {
  const rows = await sql<ClaimRow>`select ${columns} from claims where id = ${id} for update`;
  return rows[0] && toClaim(rows[0]);
}

export async function readClaim(sql: Sql, id: ClaimId): Promise<StoredClaim | undefined> {
  const rows = await sql<ClaimRow>`select ${columns} from claims where id = ${id}`;
  return rows[0] && toClaim(rows[0]);
}

/** In no order; those that are not there are left out. */
export async function readClaims(sql: Sql, ids: readonly ClaimId[]): Promise<StoredClaim[]> {
  if (ids.length === 0) return [];
  const rows = await sql<ClaimRow>`select ${columns} from claims where id = any(${ids}::uuid[])`;
  return rows.map(toClaim);
}

/** Which claims are of interest; null: whatever it is. */
export interface ClaimFilter {
  readonly programmes: readonly ProgrammeId[] | null;
  readonly tenant: TenantId | null;
  readonly state: string | null;
  readonly year: number | null;
  /** What its id ends in: hexadecimal digits and hyphens. */
  readonly ending: string | null;
}

/** By id, that is oldest first. */
export async function listClaims(
  sql: Sql,
  filter: ClaimFilter,
  page: { after: ClaimId | null; limit: number },
): Promise<StoredClaim[]> {
  const { programmes, tenant, state, year, ending } = filter;
  const rows = await sql<ClaimRow>`
    select ${columns} from claims
    where (${programmes}::text[] is null or programme = any(${programmes}::text[]))
      and (${tenant}::text is null or tenant = ${tenant})
      and (${state}::text is null or state = ${state})
      and (${year}::int is null or extract(year from applied_on) = ${year}::int)
      and (${ending}::text is null or id::text like '%' || ${ending}::text)
      and (${page.after}::uuid is null or id > ${page.after})
    order by id limit ${page.limit}`;
  return rows.map(toClaim);
}

/** The last so many claims of a programme, by id. */
export async function latestClaims(
  sql: Sql,
  { programme, limit }: { programme: ProgrammeId; limit: number },
): Promise<StoredClaim[]> {
  const rows = await sql<ClaimRow>`
    select ${columns} from claims where programme = ${programme} order by id desc limit ${limit}`;
  return rows.map(toClaim).reverse();
}

/** Claims that time may have something to do with, by id: a notice or a validity may be over. */
export async function claimsDue(
  sql: Sql,
  { at, after, limit }: { at: Temporal.Instant; after: ClaimId | null; limit: number },
): Promise<ClaimId[]> {
  // The day of a programme's own time zone is at most one behind that of the farthest one.
  const farthest = at.toZonedDateTimeISO("Pacific/Kiritimati").toPlainDate();
  const rows = await sql<{ id: ClaimId }>`
    select id from claims
    where (${after}::uuid is null or id > ${after})
      and ((state = 'announced' and notice_until < ${farthest})
        or (state in ('granted', 'issued', 'redeeming') and last_day < ${farthest}))
    order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Claims whose voucher is issued and untouched, of programmes of these modes; by id. */
export async function issuedUnder(
  sql: Sql,
  modes: readonly string[],
  { after, limit }: { after: ClaimId | null; limit: number },
): Promise<StoredClaim[]> {
  const rows = await sql<ClaimRow>`
    select ${columns} from claims
    where state = 'issued' and (${after}::uuid is null or id > ${after})
      and (programme, version) in (select programme, version from programme_rules
        where rules->'lifecycle'->>'mode' = any(${modes}::text[]))
    order by id limit ${limit}`;
  return rows.map(toClaim);
}

/** What of these parts is open: of the tenant's older claims, of this one, and of all. */
export async function openParts(
  sql: Sql,
  { id, programme, tenant }: Pick<StoredClaim, "id" | "programme" | "tenant">,
  codes: readonly string[],
): Promise<{ older: MicroYuan; open: MicroYuan; all: MicroYuan }> {
  const [row] = await sql<{ older: MicroYuan; open: MicroYuan; all: MicroYuan }>`
    select coalesce(sum(open) filter (where id < ${id}), 0)::bigint as older,
      coalesce(sum(open) filter (where id = ${id}), 0)::bigint as open,
      coalesce(sum(open), 0)::bigint as all
    from claims, lateral (
      select sum((part->>'granted')::bigint
          - coalesce((progress->'redeemed'->>(part->>'code'))::bigint, 0)
          - coalesce((progress->'released'->>(part->>'code'))::bigint, 0)) as open
      from json_array_elements(decision->'parts') as part
      where part->>'code' = any(${codes}::text[])) as parts
    where programme = ${programme} and tenant = ${tenant} and granted > 0`;
  return row!;
}

/** Programmes whose approved rules have the fund among their payers. */
export async function programmesOfFund(sql: Sql, fund: string): Promise<ProgrammeId[]> {
  const rows = await sql<{ programme: ProgrammeId }>`
    select distinct programme from programme_rules, json_array_elements(rules->'payers') as payer
    where payer->>'fund' = ${fund} and approved_at is not null order by programme`;
  return rows.map(({ programme }) => programme);
}

const columns = fragment`id, programme, version, tenant, contract, state, stage, asked, decision,
  progress, granted, redeemed, released, applied_at as "appliedAt", applied_on as "appliedOn",
  issued_on as "issuedOn", last_day as "lastDay", notice_until as "noticeUntil"`;

interface ClaimRow extends Omit<
  StoredClaim,
  "asked" | "decision" | "progress" | "happened" | "unitMoves"
> {
  readonly asked: z.input<typeof askedDocument>;
  readonly decision: z.input<typeof decisionDocument> | null;
  readonly progress: z.input<typeof progressDocument>;
}

const toClaim = (row: ClaimRow): StoredClaim => ({
  ...row,
  asked: z.decode(askedDocument, row.asked),
  decision: row.decision && z.decode(decisionDocument, row.decision),
  progress: z.decode(progressDocument, row.progress),
  happened: [],
  unitMoves: [],
});
