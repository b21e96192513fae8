import { microYuan, type KeyId, type MicroYuan, type TenantId } from "@wadi/core/units";
import type { ClaimId } from "@wadi/protocol";

import type { Sql } from "../../db/index.ts";
import type { StoredClaim } from "../claim/store.ts";

/** A tenant that is a sub-account of another one. */
export interface SubAccount {
  readonly account: TenantId;
  readonly parent: TenantId;
}

export async function insertSubAccount(
  sql: Sql,
  { account, parent, by, at }: SubAccount & { by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into sub_accounts (account, parent, put_by, put_at)
    values (${account}, ${parent}, ${by}, ${at})`;
}

/** Locks tenants in the order of their ids: none of them becomes a sub-account meanwhile. */
export async function lockTenants(sql: Sql, ids: readonly TenantId[]): Promise<Set<TenantId>> {
  const rows = await sql<{ id: TenantId }>`
    select id from tenants where id = any(${ids}::text[]) order by id for update`;
  return new Set(rows.map(({ id }) => id));
}

/** Whose sub-accounts these tenants are; those that are none's are left out. */
export async function parentsOf(
  sql: Sql,
  tenants: readonly TenantId[],
): Promise<ReadonlyMap<TenantId, TenantId>> {
  const rows = await sql<SubAccount>`
    select account, parent from sub_accounts where account = any(${tenants}::text[])`;
  return new Map(rows.map(({ account, parent }) => [account, parent]));
}

export async function subAccountsOf(sql: Sql, parent: TenantId): Promise<TenantId[]> {
  const rows = await sql<SubAccount>`
    select account, parent from sub_accounts where parent = ${parent} order by account`;
  return rows.map(({ account }) => account);
}

/** What of a claim's voucher was given to a sub-account. */
export interface Part {
  readonly account: TenantId;
  readonly amount: MicroYuan;
}

export async function insertParts(
  sql: Sql,
  claim: ClaimId,
  of: { parts: readonly Part[]; by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into claim_parts (claim, account, amount, by_key, at)
    select ${claim}, account, amount, ${of.by}, ${of.at} from unnest(
      ${of.parts.map(({ account }) => account)}::text[],
      ${of.parts.map(({ amount }) => amount)}::bigint[]) as given (account, amount)`;
}

/** Parts of one claim, by account. */
export async function partsOf(sql: Sql, claim: ClaimId): Promise<Part[]> {
  const rows = await sql<{ account: TenantId; amount: bigint }>`
    select account, amount from claim_parts where claim = ${claim} order by account`;
  return rows.map(({ account, amount }) => ({ account, amount: microYuan(amount) }));
}

/** Parts of all claims of a claim's tenant under its programme, by claim and account. */
export async function partsBeside(
  sql: Sql,
  { tenant, programme }: Pick<StoredClaim, "tenant" | "programme">,
): Promise<(Part & { readonly claim: ClaimId; readonly isOpen: boolean })[]> {
  const rows = await sql<{ claim: ClaimId; account: TenantId; amount: bigint; isOpen: boolean }>`
    select claim, account, amount, state in ('issued', 'redeeming') as "isOpen"
    from claim_parts join claims on claims.id = claim_parts.claim
    where tenant = ${tenant} and programme = ${programme} order by claim, account`;
  return rows.map((row) => ({ ...row, amount: microYuan(row.amount) }));
}
