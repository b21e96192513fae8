import { accounts, type AccountPath, type JournalLine } from "@wadi/core/ledger";
import { formatYuan, minus, noMoney, plus, total, type ProviderId } from "@wadi/core/units";
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
import type { Words } from "./words.ts";

/**
 * What the platform owes a provider; below zero what the provider owes, which is carried forward.
 * Charges less the platform's fee raise it, whoever paid them; payouts, and what the provider was
 * paid past the platform, lower it; settlement, disputes and corrections do either.
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
    const [payable, overpaid] = [accounts.payable(id).path, accounts.overpaid(id).path];
    const own = [payable, overpaid];
    const charges = await chargeLines(sql, { provider: id }, { period, asking });
    const byHand = await readByHand(sql, own, stretch);
    refuseTooMany([...charges, ...byHand]);
    const isOwn = (path: AccountPath) => own.includes(path);
    const moves = byHand.map((line) => ({ line, change: changeIn(isOwn, line) }));
    const paid = sumOfKinds(moves, payoutKinds);
    const direct = sumOfKinds(moves, directKinds);
    const adjusted = minus(total(moves.map(({ change }) => change)), plus(paid, direct));
    const owed = minus(noMoney, await balanceAt(sql, [overpaid], stretch.through));
    return compose(
      {
        ...{ of: "provider", id, name: provider.name, from, until, madeAt },
        opening: await balanceAt(sql, own, stretch.after),
        closing: await balanceAt(sql, own, stretch.through),
        totals: {
          charges: sumOf(charges, "charge"),
          paidByVouchers: sumOf(charges, "voucher"),
          paidInCash: sumOf(charges, "cash"),
          platformFees: sumOf(charges, "platformFee"),
          earned: sumOf(charges, "toProvider"),
          ...(adjusted === noMoney ? {} : { adjusted }),
          ...(direct === noMoney ? {} : { paidDirectly: minus(noMoney, direct) }),
          paidOut: minus(noMoney, paid),
          ...(owed === noMoney ? {} : { carriedForward: owed }),
        },
        lines: [
          ...moves.map(({ line, change }) =>
            lineByHand(line, { text: textFor(line, words), amount: change }),
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

/** What is moved between what is payable and what is owed changes nothing, and says how much. */
function textFor(line: JournalLine, words: Words): string {
  const word = wordFor(words, line);
  const isWithin = line.kind === "overpaid" || line.kind === "overpaid-settled";
  return isWithin ? `${word}, ${formatYuan(line.amount)}` : word;
}

/** What the provider was paid past the platform, and what turned out not to be so. */
const directKinds = [
  "paid-directly",
  "direct-back",
  "direct-owed",
  "fund-paid-directly",
  "fund-direct-back",
] as const;

/** What leaves for the bank, and what comes back from it. */
const payoutKinds = ["payout", "payout-back", "send-payout", "payout-bounced"] as const;
