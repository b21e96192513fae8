import { accounts, balanceOf } from "@wadi/core/ledger";
import { noMoney, type TenantId } from "@wadi/core/units";
import type { moneyRoutes, ReplyOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { findAccounts } from "../ledger/index.ts";
import { tenantOf } from "../tenants/index.ts";
import { heldVouchers } from "../vouchers/index.ts";
import { notFound, snapshot } from "./snapshot.ts";

/**
 * What a tenant can spend and what is held for its jobs, vouchers by expiry.
 * @throws Refused `not-found`
 */
export function readBalance(
  { db }: Pick<Hub, "db">,
  tenant: TenantId,
): Promise<ReplyOf<typeof moneyRoutes.readBalance>> {
  return snapshot(db, async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw notFound(`tenant ${tenant}`);
    const [prepaid, held] = [accounts.prepaid(tenant).path, accounts.held(tenant).path];
    const found = new Map((await findAccounts(sql, [prepaid, held])).map((one) => [one.path, one]));
    const standing = (path: typeof prepaid) => {
      const account = found.get(path);
      return account ? balanceOf(account) : noMoney;
    };
    const vouchers = (await heldVouchers(sql, [tenant])).get(tenant) ?? [];
    return {
      prepaid: standing(prepaid),
      held: standing(held),
      vouchers: vouchers.map(({ programme, available, reserved, expiresAt }) => {
        return { programme, available, reserved, expiresAt };
      }),
    };
  });
}
