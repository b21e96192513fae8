import { accounts, type Transfer } from "@wadi/core/ledger";
import { net } from "@wadi/core/settlement";
import { asId, least, minus, noMoney, type MicroYuan, type ProviderId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import type { Month } from "./month-store.ts";
import { postLines, standingOf } from "./post-groups.ts";
import { termsFor } from "./terms-store.ts";

/**
 * Takes what providers owe from before out of what they have earned; of what is left, those whose
 * terms say so pay what the same firm owes as a tenant.
 */
export async function netProviders(sql: Sql, month: Month, at: Temporal.Instant): Promise<void> {
  await lockHead(sql); // what stands now does so until all is posted
  const payable = await standingOf(sql, "payable");
  const overpaid = await standingOf(sql, "overpaid");
  const receivable = await standingOf(sql, "receivable");
  const terms = await termsFor(sql, month.month);
  const said = {
    ...{ hold: null, job: null, run: null, happenedAt: at },
    note: `netted at the close of ${month.month}`,
  };
  const owing = (of: Map<string, MicroYuan>, owner: string) =>
    minus(noMoney, of.get(owner) ?? noMoney);
  const moves = [...payable].flatMap(([owner, earned]): Transfer[] => {
    const provider = asId<ProviderId>(owner);
    const from = accounts.payable(provider);
    const settled = least(earned, owing(overpaid, owner));
    const tenant = terms.get(provider)?.terms.nettedWith ?? null;
    const owed = tenant === null ? noMoney : owing(receivable, tenant);
    const { offset } = net({
      ...{ payable: minus(earned, settled), deposit: noMoney },
      receivable: owed > noMoney ? owed : noMoney,
    });
    if (tenant !== null && offset > noMoney) {
      receivable.set(tenant, minus(offset, owed)); // another provider may be the same firm
    }
    return [
      {
        ...({ ...said, kind: "overpaid-settled", from, amount: settled } as const),
        ...{ to: accounts.overpaid(provider), fact: `net-overpaid/${month.id}/${owner}` },
      },
      ...(tenant === null
        ? []
        : [
            {
              ...({ ...said, kind: "net-off", from, amount: offset } as const),
              ...{ to: accounts.receivable(tenant), fact: `net-off/${month.id}/${owner}` },
            },
          ]),
    ].filter(({ amount }) => amount > noMoney);
  });
  await postLines(sql, moves, at);
}
