import { accounts, type AccountPath } from "@wadi/core/ledger";
import { minus, noMoney, total, type ProviderId } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { balanceAt, readByHand } from "../ledger/index.ts";
import { providerOf } from "../tenants/index.ts";
import type { Asking } from "./asking.ts";
import { chargeLines } from "./charge-lines.ts";
import {
  changeIn,
  compose,
  lineByHand,
  lineOfCharge,
  sumOf,
  sumOfKinds,
  wordFor,
} from "./compose.ts";
import { periodOf, refuseTooMany } from "./period.ts";
import { notFound, snapshot } from "./snapshot.ts";

/**
 * What the platform owes a provider. Charges less the platform's fee raise it, whoever paid them;
 * payouts lower it; settlement, disputes and corrections do either.
 * @throws Refused `not-found`, `invalid-request`
 */
export function providerStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: ProviderId,
  asking: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const provider = await providerOf(sql, id);
    if (!provider) throw notFound(`provider ${id}`);
    const period = await periodOf(sql, asking.asked, madeAt);
    const { words } = asking;
    const { from, until, stretch } = period;
    const payable = [accounts.payable(id).path];
    const charges = await chargeLines(sql, { provider: id }, { period, asking });
    const byHand = await readByHand(sql, payable, stretch);
    refuseTooMany([...charges, ...byHand]);
    const isOwn = (path: AccountPath) => payable.includes(path);
    const moves = byHand.map((line) => ({ line, change: changeIn(isOwn, line) }));
    const paid = sumOfKinds(moves, payoutKinds);
    const adjusted = minus(total(moves.map(({ change }) => change)), paid);
    return compose(
      {
        ...{ of: "provider", id, name: provider.name, from, until, madeAt },
        opening: await balanceAt(sql, payable, stretch.after),
        closing: await balanceAt(sql, payable, stretch.through),
        totals: {
          charges: sumOf(charges, "charge"),
          paidByVouchers: sumOf(charges, "voucher"),
          paidInCash: sumOf(charges, "cash"),
          platformFees: sumOf(charges, "platformFee"),
          earned: sumOf(charges, "toProvider"),
          ...(adjusted === noMoney ? {} : { adjusted }),
          paidOut: minus(noMoney, paid),
        },
        lines: [
          ...moves.map(({ line, change }) =>
            lineByHand(line, { text: wordFor(words, line), amount: change }),
          ),
          ...charges.map((one) => {
            const text = words.runOf(one.tenant);
            return lineOfCharge(one, { text, amount: one.toProvider, words });
          }),
        ],
      },
      words,
    );
  });
}

/** What leaves for the bank, and what comes back from it. */
const payoutKinds = ["payout", "payout-back", "send-payout", "payout-bounced"] as const;
