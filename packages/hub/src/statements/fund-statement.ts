import { accounts, fundBook, ownerOf, type AccountKind, type JournalLine } from "@wadi/core/ledger";
import { formatYuan, minus, noMoney, total, type FundId, type MicroYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { accountsIn, balanceAt, readByHand } from "../ledger/index.ts";
import { chargesBetween } from "../metering/index.ts";
import { fundOf, programmesOf } from "../vouchers/index.ts";
import { compose, lineByHand, lineOfCharge, namesFor, sumOf, type Asking } from "./compose.ts";
import { linesMax, periodOf, refuseTooMany } from "./period.ts";
import { notFound, snapshot } from "./snapshot.ts";

/** Where money stands that a fund still disposes of: free, granted, or reserved for jobs. */
const atDisposal: readonly AccountKind[] = ["available", "issued", "reserved"];

/**
 * What a fund has at its disposal. Appropriations raise it; what is redeemed or expires lowers it;
 * grants and reservations are moves within it.
 * @throws Refused `not-found`, `invalid-request`
 */
export function fundStatement(
  { db, clock }: Pick<Hub, "db" | "clock">,
  id: FundId,
  { asked, jobNames }: Asking,
): Promise<Statement> {
  const madeAt = clock.now();
  return snapshot(db, async (sql) => {
    const fund = await fundOf(sql, id);
    if (!fund) throw notFound(`fund ${id}`);
    const { from, until, stretch } = await periodOf(sql, asked, madeAt);
    const programmes = (await programmesOf(sql, id)).map((one) => one.id);
    const limit = linesMax + 1;
    const charges = await chargesBetween(sql, { of: { programmes }, from, until, limit });
    const byHand = await readByHand(sql, await handAccounts(sql, id), stretch);
    refuseTooMany([...charges, ...byHand]);
    const names = await namesFor(sql, charges, jobNames);
    const at = (seq: bigint, ...kinds: AccountKind[]) => balanceOn(sql, { id, kinds, seq });
    const sumOfKind = (kind: JournalLine["kind"]) =>
      total(byHand.filter((line) => line.kind === kind).map(({ amount }) => amount));
    return compose({
      ...{ of: "fund", id, name: fund.name, from, until, madeAt },
      opening: await at(stretch.after, ...atDisposal),
      closing: await at(stretch.through, ...atDisposal),
      totals: {
        appropriated: sumOfKind("appropriate"),
        granted: sumOfKind("grant"),
        redeemed: sumOf(charges, "voucher"),
        expired: sumOfKind("expire"),
        freeAtEnd: await at(stretch.through, "available"),
        grantedAtEnd: await at(stretch.through, "issued"),
        reservedAtEnd: await at(stretch.through, "reserved"),
      },
      lines: [
        ...byHand.map((line) => lineByHand(line, shownAs(line))),
        ...charges.map((one) => {
          const text = `Redeemed by ${one.tenant}, ${one.share.programme}`;
          return lineOfCharge(one, { text, amount: minus(noMoney, one.charge.voucher), names });
        }),
      ],
    });
  });
}

function shownAs({ kind, from, to, amount }: JournalLine): { text: string; amount: MicroYuan } {
  if (kind === "appropriate") return { text: "Appropriated", amount };
  const [tenant, programme] = ownerOf(kind === "grant" ? to : from).split("/");
  if (kind === "expire") {
    return { text: `Expired, of ${tenant}, ${programme}`, amount: minus(noMoney, amount) };
  }
  const text = `Granted to ${tenant}, ${programme}, ${formatYuan(amount)} yuan`;
  return { text, amount: noMoney };
}

/** Appropriations and grants touch the fund's own account, expiries those that vouchers end on. */
async function handAccounts(sql: Sql, id: FundId) {
  const expired = await accountsIn(sql, fundBook(id), ["expired"]);
  return [accounts.available(id).path, ...expired.map(({ path }) => path)];
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
