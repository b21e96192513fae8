import { accounts, balanceOf } from "@wadi/core/ledger";
import { minus, noMoney, type TenantId } from "@wadi/core/units";
import type { moneyRoutes, ReplyOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { findAccounts } from "../ledger/index.ts";
import { tenantOf } from "../tenants/index.ts";
import { heldVouchers } from "../vouchers/index.ts";
import { notFound, snapshot } from "./snapshot.ts";

type Balance = ReplyOf<typeof moneyRoutes.readBalance>;

/** What a tenant has open in kind, of the same moment as its money. */
export type UnitsHeld = (sql: Sql, tenant: TenantId) => Promise<Balance["inKind"]>;

/**
 * What a tenant can spend, what is held for its jobs, what it owes; vouchers by expiry.
 * @throws Refused `not-found`
 */
export function readBalance(
  { db }: Pick<Hub, "db">,
  tenant: TenantId,
  unitsHeld: UnitsHeld = () => Promise.resolve([]),
): Promise<Balance> {
  return snapshot(db, async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw notFound(`tenant ${tenant}`);
    const [prepaid, held] = [accounts.prepaid(tenant).path, accounts.held(tenant).path];
    const receivable = accounts.receivable(tenant).path;
    const rows = await findAccounts(sql, [prepaid, held, receivable]);
    const found = new Map(rows.map((one) => [one.path, one]));
    const standing = (path: typeof prepaid) => {
      const account = found.get(path);
      return account ? balanceOf(account) : noMoney;
    };
    const billed = standing(receivable);
    const vouchers = (await heldVouchers(sql, [tenant])).get(tenant) ?? [];
    return {
      prepaid: standing(prepaid),
      held: standing(held),
      owed: billed < noMoney ? minus(noMoney, billed) : noMoney,
      vouchers: vouchers.map(({ programme, available, reserved, expiresAt }) => {
        return { programme, available, reserved, expiresAt };
      }),
      inKind: await unitsHeld(sql, tenant),
    };
  });
}
