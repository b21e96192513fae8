import { accounts, voucherOf, type AccountPath, type VoucherRef } from "@wadi/core/ledger";
import type { FundId, MicroYuan, ProgrammeId, TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findAccounts } from "./store.ts";

/** A part of a voucher that is reserved. */
export interface ReservedPart {
  readonly tenant: TenantId;
  readonly voucher: MicroYuan;
  readonly programme: ProgrammeId | null;
}

/** Which voucher a reserved part is of, with its fund; null where nothing is reserved. */
export type VoucherFinder = (part: ReservedPart) => VoucherRef | null;

/**
 * Finds the funds that reserved parts belong to: the account they stand on knows its book. One
 * statement for all of them, and none where nothing is reserved.
 */
export async function findVouchers(
  sql: Sql,
  parts: readonly ReservedPart[],
): Promise<VoucherFinder> {
  const wanted = new Set(parts.flatMap((part) => (isReserved(part) ? [pathOf(part)] : [])));
  const found = wanted.size > 0 ? await findAccounts(sql, wanted) : [];
  const vouchers = new Map(found.map((account) => [account.path, voucherOf(account)]));
  return (part) => {
    if (!isReserved(part)) return null;
    const voucher = vouchers.get(pathOf(part));
    if (voucher) return voucher;
    throw new Error(`${pathOf(part)} was never used, yet a job says it has ${part.voucher} there`);
  };
}

type Reserved = ReservedPart & { readonly programme: ProgrammeId };

function isReserved(part: ReservedPart): part is Reserved {
  if (part.voucher === 0n) return false;
  if (part.programme === null) throw new Error(`${part.voucher} reserved of no programme`);
  return true;
}

/** The path does not name the fund: a programme has one for ever. */
const pathOf = ({ tenant, programme }: Reserved): AccountPath =>
  accounts.reserved({ tenant, programme, fund: "" as FundId }).path;
