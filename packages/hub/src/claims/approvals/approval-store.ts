import {
  microYuan,
  type KeyId,
  type MicroYuan,
  type ProgrammeId,
  type TenantId,
} from "@wadi/core/units";
import type { ApprovalId, ClaimId } from "@wadi/protocol";

import { fragment, type Sql } from "../../db/index.ts";

/** For whom a cap is raised: claims of one contract of one tenant under one programme. */
export interface OfContract {
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
  readonly contract: string;
}

/** What a person of a fund asked for. */
export interface AskedApproval extends OfContract {
  readonly id: ApprovalId;
  readonly cap: string;
  readonly limit: MicroYuan;
  readonly note: string;
  readonly askedBy: KeyId;
  readonly askedAt: Temporal.Instant;
}

/** The same with what was said to it since; in force once it was seconded and not revoked. */
export interface StoredApproval extends AskedApproval {
  readonly secondedBy: KeyId | null;
  readonly secondedAt: Temporal.Instant | null;
  readonly revokedBy: KeyId | null;
  readonly revokedAt: Temporal.Instant | null;
}

export async function insertApproval(sql: Sql, of: AskedApproval): Promise<void> {
  await sql`
    insert into cap_approvals
      (id, programme, tenant, contract, cap, raised_to, note, asked_by, asked_at)
    values (${of.id}, ${of.programme}, ${of.tenant}, ${of.contract}, ${of.cap}, ${of.limit},
      ${of.note}, ${of.askedBy}, ${of.askedAt})`;
}

export async function addApprovalEvent(
  sql: Sql,
  { id, askedBy }: Pick<AskedApproval, "id" | "askedBy">,
  said: { what: "seconded" | "revoked"; by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into cap_approval_events (approval, what, asked_by, by_key, at)
    values (${id}, ${said.what}, ${askedBy}, ${said.by}, ${said.at})`;
}

/**
 * Locks an approval: nothing is said to it meanwhile, and no decision made with it. What was said
 * is read after that, by a statement of its own.
 */
export async function lockApproval(
  sql: Sql,
  { id, programme }: Pick<AskedApproval, "id" | "programme">,
): Promise<StoredApproval | undefined> {
  await sql`
    select id from cap_approvals where id = ${id} and programme = ${programme} for update`;
  const rows = await sql<ApprovalRow>`
    select ${columns} from ${tables} where a.id = ${id} and programme = ${programme}`;
  return rows[0] && toApproval(rows[0]);
}

/** Approvals of these contracts that are in force; none of them is revoked before the commit. */
export async function keepInForce(
  sql: Sql,
  contracts: readonly OfContract[],
): Promise<StoredApproval[]> {
  const locked = await sql<{ id: ApprovalId }>`
    select id from cap_approvals where (programme, tenant, contract) in (select * from unnest(
      ${contracts.map(({ programme }) => programme)}::text[],
      ${contracts.map(({ tenant }) => tenant)}::text[],
      ${contracts.map(({ contract }) => contract)}::text[]))
    order by id for share`;
  if (locked.length === 0) return [];
  const rows = await sql<ApprovalRow>`
    select ${columns} from ${tables}
    where a.id = any(${locked.map(({ id }) => id)}::uuid[])
      and s.at is not null and r.at is null
    order by a.id`;
  return rows.map(toApproval);
}

/** A programme's approvals by id, those after `after`. */
export async function readApprovals(
  sql: Sql,
  programme: ProgrammeId,
  { after, limit }: { after: ApprovalId | null; limit: number },
): Promise<StoredApproval[]> {
  const rows = await sql<ApprovalRow>`
    select ${columns} from ${tables}
    where programme = ${programme} and (${after}::uuid is null or a.id > ${after})
    order by a.id limit ${limit}`;
  return rows.map(toApproval);
}

/** An approval of the same content that was not revoked. */
export async function sameApproval(
  sql: Sql,
  of: OfContract & Pick<AskedApproval, "cap" | "limit">,
): Promise<StoredApproval | undefined> {
  const rows = await sql<ApprovalRow>`
    select ${columns} from ${tables}
    where programme = ${of.programme} and tenant = ${of.tenant} and contract = ${of.contract}
      and cap = ${of.cap} and raised_to = ${of.limit} and r.at is null
    order by a.id limit 1`;
  return rows[0] && toApproval(rows[0]);
}

/** Claims of the contracts, with the keys of who applied for them or completed them. */
export async function claimsOfContracts(
  sql: Sql,
  contracts: readonly OfContract[],
): Promise<(OfContract & { id: ClaimId; persons: KeyId[] })[]> {
  return sql<OfContract & { id: ClaimId; persons: KeyId[] }>`
    select id, programme, tenant, contract, array(
        select by_key::text from claim_events
        where claim = claims.id and action in ('apply', 'complete') and by_key is not null
        order by number) as persons
    from claims where (programme, tenant, contract) in (select * from unnest(
      ${contracts.map(({ programme }) => programme)}::text[],
      ${contracts.map(({ tenant }) => tenant)}::text[],
      ${contracts.map(({ contract }) => contract)}::text[]))
    order by id`;
}

/** Raised caps that issued claims were decided by, and those that were never approved so. */
export async function compareRaised(
  sql: Sql,
  limit: number,
): Promise<{ checked: bigint; different: { claim: ClaimId; cap: string }[] }> {
  const raised = fragment`(select claims.*, one->>'cap' as cap,
      (one->>'limit')::numeric * 1000000 as raised_to, one->'approvedBy'->>0 as asked_by,
      one->'approvedBy'->>1 as seconded_by
    from claims, json_array_elements(asked->'approvals') as one where issued_on is not null) c`;
  const [all] = await sql<{ checked: bigint }>`select count(*) as checked from ${raised}`;
  const different = await sql<{ claim: ClaimId; cap: string }>`
    select c.id as claim, c.cap from ${raised}
    where not exists (
      select from cap_approvals a join cap_approval_events s on s.approval = a.id
      where a.programme = c.programme and a.tenant = c.tenant and a.contract = c.contract
        and a.cap = c.cap and a.raised_to = c.raised_to and s.what = 'seconded'
        and a.asked_by::text = c.asked_by and s.by_key::text = c.seconded_by)
    order by 1, 2 limit ${limit}`;
  return { checked: all!.checked, different };
}

const tables = fragment`(cap_approvals a
  left join cap_approval_events s on s.approval = a.id and s.what = 'seconded'
  left join cap_approval_events r on r.approval = a.id and r.what = 'revoked')`;
const columns = fragment`a.id, programme, tenant, contract, cap, raised_to as "limit", note,
  a.asked_by as "askedBy", asked_at as "askedAt", s.by_key as "secondedBy", s.at as "secondedAt",
  r.by_key as "revokedBy", r.at as "revokedAt"`;

interface ApprovalRow extends Omit<StoredApproval, "limit"> {
  readonly limit: bigint;
}

const toApproval = (row: ApprovalRow): StoredApproval => ({ ...row, limit: microYuan(row.limit) });
