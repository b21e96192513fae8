import { accounts, type AccountPath, type JournalLine } from "@wadi/core/ledger";
import {
  formatYuan,
  minus,
  noMoney,
  plus,
  total,
  type MicroYuan,
  type TenantId,
} from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { balanceAt, readByHand } from "../ledger/index.ts";
import { tenantOf } from "../tenants/index.ts";
import { vouchersEver } from "../vouchers/index.ts";
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
 * A tenant's money: what it has free and held together. Holding and releasing are moves within it;
 * what changes it is money paid in and the cash part of charges. What it was billed and owes
 * changes nothing of that until it is paid, and is told beside it.
 * @throws Refused `not-found`, `invalid-request`
 */
export function tenantStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: TenantId,
  asking: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const tenant = await tenantOf(sql, id);
    if (!tenant) throw notFound(`tenant ${id}`);
    const period = await periodOf(sql, asking.asked, madeAt);
    const { from, until, stretch } = period;
    const own = await ownAccounts(sql, id);
    const charges = await chargeLines(sql, { tenant: id }, { period, asking });
    const byHand = await readByHand(sql, [own.prepaid, own.receivable, ...own.issued], stretch);
    refuseTooMany([...charges, ...byHand]);
    const at = (...paths: AccountPath[]) => balanceAt(sql, paths, stretch.through);
    const { words } = asking;
    const isOwn = (path: AccountPath) => path === own.prepaid || path === own.held;
    const moves = byHand.map((line) => ({ line, change: changeIn(isOwn, line) }));
    const paidIn = sumOfKinds(moves, ["top-up"]);
    const direct = sumOfKinds(moves, ["paid-directly", "direct-back"]);
    const owed = minus(noMoney, await at(own.receivable));
    const adjusted = minus(total(moves.map(({ change }) => change)), plus(paidIn, direct));
    return compose(
      {
        ...{ of: "tenant", id, name: tenant.name, from, until, madeAt },
        opening: await balanceAt(sql, [own.prepaid, own.held], stretch.after),
        closing: await at(own.prepaid, own.held),
        totals: {
          paidIn,
          charges: sumOf(charges, "charge"),
          paidByVouchers: sumOf(charges, "voucher"),
          paidInCash: sumOf(charges, "cash"),
          ...(direct === noMoney ? {} : { paidDirectly: direct }),
          ...(adjusted === noMoney ? {} : { adjusted }),
          freeAtEnd: await at(own.prepaid),
          heldAtEnd: await at(own.held),
          ...(owed === noMoney ? {} : { owedAtEnd: owed }),
          vouchersAtEnd: await at(...own.issued, ...own.reserved),
        },
        lines: [
          ...moves.map(({ line, change }) =>
            lineByHand(line, { text: textFor(line, change, words), amount: change }),
          ),
          ...charges.map((one) => {
            const amount = minus(noMoney, one.cash);
            return lineOfCharge(one, { text: words.run, amount, words });
          }),
        ],
      },
      words,
    );
  });
}

/** What changes vouchers, or what is owed, and not the money paid in has its amount in words. */
function textFor(line: JournalLine, change: MicroYuan, words: Words): string {
  if (line.kind === "grant") return words.granted(formatYuan(line.amount));
  if (line.kind === "expire") return words.expired(formatYuan(line.amount));
  const word = wordFor(words, line);
  return change === noMoney ? `${word}, ${formatYuan(line.amount)}` : word;
}

interface Own {
  readonly prepaid: AccountPath;
  readonly held: AccountPath;
  readonly receivable: AccountPath;
  readonly issued: readonly AccountPath[];
  readonly reserved: readonly AccountPath[];
}

async function ownAccounts(sql: Sql, id: TenantId): Promise<Own> {
  const vouchers = await vouchersEver(sql, id);
  return {
    prepaid: accounts.prepaid(id).path,
    held: accounts.held(id).path,
    receivable: accounts.receivable(id).path,
    issued: vouchers.map((of) => accounts.issued(of).path),
    reserved: vouchers.map((of) => accounts.reserved(of).path),
  };
}
