import { accounts, fundBook, ownerOf } from "@wadi/core/ledger";
import type { AccountKind, AccountPath, JournalLine } from "@wadi/core/ledger";
import {
  formatYuan,
  minus,
  noMoney,
  plus,
  total,
  type FundId,
  type MicroYuan,
} from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { accountsIn, balanceAt, readByHand } from "../ledger/index.ts";
import { fundOf, programmesOf } from "../vouchers/index.ts";
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

/** Where money stands that a fund still disposes of: free, granted, or reserved for jobs. */
export const atDisposal: readonly AccountKind[] = ["available", "issued", "reserved"];

/**
 * What a fund has at its disposal. Appropriations and what comes back raise it; what is redeemed,
 * expires or is returned lowers it; grants and reservations are moves within it.
 * @throws Refused `not-found`, `invalid-request`
 */
export function fundStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: FundId,
  asking: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const fund = await fundOf(sql, id);
    if (!fund) throw notFound(`fund ${id}`);
    const period = await periodOf(sql, asking.asked, madeAt);
    const { words } = asking;
    const { from, until, stretch } = period;
    const programmes = (await programmesOf(sql, id)).map((one) => one.id);
    const charges = await chargeLines(sql, { programmes }, { period, asking });
    const byHand = await readByHand(sql, await handAccounts(sql, id), stretch);
    refuseTooMany([...charges, ...byHand]);
    const at = (seq: bigint, ...kinds: AccountKind[]) => balanceOn(sql, { id, kinds, seq });
    const isOwn = (path: AccountPath) => atDisposal.some((kind) => path.startsWith(`${kind}/`));
    const moves = byHand.map((line) => ({ line, change: changeIn(isOwn, line) }));
    const sumOfKind = (kind: JournalLine["kind"]) =>
      total(byHand.filter((line) => line.kind === kind).map(({ amount }) => amount));
    const usual = sumOfKinds(moves, ["appropriate", "grant", "redeem", "expire"]);
    const adjusted = minus(total(moves.map(({ change }) => change)), usual);
    return compose(
      {
        ...{ of: "fund", id, name: fund.name, from, until, madeAt },
        opening: await at(stretch.after, ...atDisposal),
        closing: await at(stretch.through, ...atDisposal),
        totals: {
          appropriated: sumOfKind("appropriate"),
          granted: sumOfKind("grant"),
          redeemed: plus(sumOf(charges, "voucher"), sumOfKind("redeem")),
          expired: sumOfKind("expire"),
          ...(adjusted === noMoney ? {} : { adjusted }),
          freeAtEnd: await at(stretch.through, "available"),
          grantedAtEnd: await at(stretch.through, "issued"),
          reservedAtEnd: await at(stretch.through, "reserved"),
        },
        lines: [
          ...moves.map(({ line, change }) =>
            lineByHand(line, { text: textFor(line, words), amount: change }),
          ),
          ...charges.map((one) => {
            const text = words.redeemed(one.tenant, one.programme ?? "");
            const amount = minus(noMoney, one.voucher);
            return lineOfCharge(one, { text, amount, words });
          }),
        ],
      },
      words,
    );
  });
}

function textFor(line: JournalLine, words: Words): string {
  const { kind, from, to, amount } = line;
  const owner = (account: typeof from) => ownerOf(account).split("/") as [string, string?];
  if (kind === "grant") {
    const [tenant, programme = ""] = owner(to);
    return words.grantedTo(tenant, programme, formatYuan(amount));
  }
  const [tenant, programme] = owner(from);
  if (kind === "expire") return words.expiredOf(tenant, programme ?? "");
  return programme === undefined
    ? wordFor(words, line)
    : `${wordFor(words, line)}, ${tenant}, ${programme}`;
}

/** What people move touches the fund's own account, or those that vouchers end or stand on. */
async function handAccounts(sql: Sql, id: FundId) {
  const others = await accountsIn(sql, fundBook(id), [...atDisposal, "expired", "clawback"]);
  return [...new Set([accounts.available(id).path, ...others.map(({ path }) => path)])];
}

async function balanceOn(
  sql: Sql,
  { id, kinds, seq }: { id: FundId; kinds: readonly AccountKind[]; seq: bigint },
): Promise<MicroYuan> {
  const found = await accountsIn(sql, fundBook(id), kinds);
  return balanceAt(
    sql,
    found.map(({ path }) => path),
    seq,
  );
}
