import { accounts } from "@wadi/core/ledger";
import { minus, noMoney, total, type ProviderId } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { balanceAt, readByHand } from "../ledger/index.ts";
import { chargesBetween } from "../metering/index.ts";
import { providerOf } from "../tenants/index.ts";
import { compose, lineByHand, lineOfCharge, namesFor, sumOf, type Asking } from "./compose.ts";
import { linesMax, periodOf, refuseTooMany } from "./period.ts";
import { notFound, snapshot } from "./snapshot.ts";

/**
 * What the platform owes a provider. Charges less the platform's fee raise it, whoever paid them;
 * payouts lower it.
 * @throws Refused `not-found`, `invalid-request`
 */
export function providerStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: ProviderId,
  { asked, jobNames }: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const provider = await providerOf(sql, id);
    if (!provider) throw notFound(`provider ${id}`);
    const { from, until, stretch } = await periodOf(sql, asked, madeAt);
    const payable = [accounts.payable(id).path];
    const limit = linesMax + 1;
    const charges = await chargesBetween(sql, { of: { provider: id }, from, until, limit });
    const payouts = await readByHand(sql, payable, stretch);
    refuseTooMany([...charges, ...payouts]);
    const names = await namesFor(sql, charges, jobNames);
    return compose({
      ...{ of: "provider", id, name: provider.name, from, until, madeAt },
      opening: await balanceAt(sql, payable, stretch.after),
      closing: await balanceAt(sql, payable, stretch.through),
      totals: {
        charges: sumOf(charges, "charge"),
        paidByVouchers: sumOf(charges, "voucher"),
        paidInCash: sumOf(charges, "cash"),
        platformFees: sumOf(charges, "platformFee"),
        earned: sumOf(charges, "toProvider"),
        paidOut: total(payouts.map(({ amount }) => amount)),
      },
      lines: [
        ...payouts.map((line) => {
          return lineByHand(line, { text: "Paid out", amount: minus(noMoney, line.amount) });
        }),
        ...charges.map((one) => {
          const text = `Run of ${one.tenant}`;
          return lineOfCharge(one, { text, amount: one.charge.toProvider, names });
        }),
      ],
    });
  });
}
