import { accounts, balanceOf, type VoucherRef } from "@wadi/core/ledger";
import { noMoney, type MicroYuan, type TenantId } from "@wadi/core/units";
import { byExpiry, voucherToUse, type Voucher } from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import { findAccounts } from "../ledger/index.ts";
import { programmesHeld } from "./store.ts";

/** A tenant's voucher of one programme, what is reserved of it included. */
export interface HeldVoucher extends Voucher {
  readonly reserved: MicroYuan;
}

/**
 * The voucher that each tenant should use now: of those with something left, the one that expires
 * first, then the smallest id. Tenants without one are left out.
 */
export async function vouchersOf(
  sql: Sql,
  tenants: readonly TenantId[],
  now: Temporal.Instant,
): Promise<Map<TenantId, Voucher>> {
  const held = await heldVouchers(sql, tenants);
  const toUse = tenants.map(
    (tenant) => [tenant, voucherToUse(held.get(tenant) ?? [], now)] as const,
  );
  return new Map(toUse.flatMap(([tenant, voucher]) => (voucher ? [[tenant, voucher]] : [])));
}

/** All vouchers of each tenant that have something available or reserved, by expiry. */
export async function heldVouchers(
  sql: Sql,
  tenants: readonly TenantId[],
): Promise<Map<TenantId, HeldVoucher[]>> {
  const grants = await programmesHeld(sql, tenants);
  if (grants.length === 0) return new Map();
  const refs = grants.map(({ tenant, programme: { id, fund } }) => ({
    tenant,
    programme: id,
    fund,
  }));
  const paths = refs.flatMap((of) => [accounts.issued(of).path, accounts.reserved(of).path]);
  const found = new Map((await findAccounts(sql, paths)).map((one) => [one.path, balanceOf(one)]));

  const vouchers = new Map<TenantId, HeldVoucher[]>();
  for (const [i, { tenant, programme }] of grants.entries()) {
    const of = refs[i]!;
    const available = found.get(accounts.issued(of).path) ?? noMoney;
    const reserved = found.get(accounts.reserved(of).path) ?? noMoney;
    if (available + reserved === 0n) continue;
    const { id, fund, rate, expiresAt } = programme;
    const voucher = { programme: id, fund, rate, available, reserved, expiresAt };
    vouchers.set(tenant, [...(vouchers.get(tenant) ?? []), voucher].sort(byExpiry));
  }
  return vouchers;
}

/** Every voucher that the tenant was ever granted, used up and expired ones included. */
export async function vouchersEver(sql: Sql, tenant: TenantId): Promise<VoucherRef[]> {
  const grants = await programmesHeld(sql, [tenant]);
  return grants.map(({ programme: { id, fund } }) => ({ tenant, programme: id, fund }));
}
