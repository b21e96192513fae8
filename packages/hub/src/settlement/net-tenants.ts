import { accounts, balanceOf, moneyBook, ownerOf, type Transfer } from "@wadi/core/ledger";
import { net } from "@wadi/core/settlement";
import { asId, minus, noMoney, type MicroYuan, type TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { accountsIn, findAccounts } from "../ledger/index.ts";
import type { Month } from "./month-store.ts";
import { postLines } from "./post-groups.ts";

/**
 * Sets what tenants owe against what they have paid in and not spent, then against their deposits;
 * what is owed still stays on their accounts. What is held for jobs is not touched.
 */
export async function netTenants(sql: Sql, month: Month, at: Temporal.Instant): Promise<void> {
  const owing = (await accountsIn(sql, moneyBook, ["receivable"])).filter(
    (account) => balanceOf(account) < noMoney,
  );
  const tenants = owing.map((account) => asId<TenantId>(ownerOf(account)));
  const paths = tenants.flatMap((tenant) => {
    return [accounts.prepaid(tenant).path, accounts.depositHeld(tenant).path];
  });
  const found = new Map((await findAccounts(sql, paths)).map((one) => [one.path, one]));
  const standing = (path: (typeof paths)[number]): MicroYuan => {
    const account = found.get(path);
    return account ? balanceOf(account) : noMoney;
  };
  const moves = owing.flatMap((account, i): Transfer[] => {
    const tenant = tenants[i]!;
    const [prepaid, deposit] = [accounts.prepaid(tenant), accounts.depositHeld(tenant)];
    const { offset, fromDeposit } = net({
      payable: standing(prepaid.path),
      receivable: minus(noMoney, balanceOf(account)),
      deposit: standing(deposit.path),
    });
    const rest = { to: accounts.receivable(tenant), hold: null, job: null, run: null };
    const said = { ...rest, happenedAt: at, note: `netted at the close of ${month.month}` };
    const of = `${month.id}/${tenant}`;
    return [
      { ...said, kind: "settle-owed", from: prepaid, amount: offset, fact: `net/${of}` } as const,
      {
        ...({ ...said, kind: "deposit-used", from: deposit, amount: fromDeposit } as const),
        fact: `net-deposit/${of}`,
      },
    ].filter(({ amount }) => amount > noMoney);
  });
  await postLines(sql, moves, at);
}
