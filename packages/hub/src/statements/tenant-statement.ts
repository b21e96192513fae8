import { accounts, type AccountPath } from "@wadi/core/ledger";
import { formatYuan, minus, noMoney, total, type TenantId } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { balanceAt, readByHand } from "../ledger/index.ts";
import { chargesBetween } from "../metering/index.ts";
import { tenantOf } from "../tenants/index.ts";
import { vouchersEver } from "../vouchers/index.ts";
import { compose, lineByHand, lineOfCharge, namesFor, sumOf, type Asking } from "./compose.ts";
import { linesMax, periodOf, refuseTooMany, type Period } from "./period.ts";
import { notFound, snapshot } from "./snapshot.ts";

/**
 * A tenant's money: what it has free and held together. Holding and releasing are moves within it;
 * what changes it is money paid in and the cash part of charges.
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
    const { byHand, charges } = await readLines(sql, { id, period, own });
    const names = await namesFor(sql, charges, asking.jobNames);
    const at = (...paths: AccountPath[]) => balanceAt(sql, paths, stretch.through);
    const topUps = byHand.filter(({ kind }) => kind === "top-up");
    return compose({
      ...{ of: "tenant", id, name: tenant.name, from, until, madeAt },
      opening: await balanceAt(sql, [own.prepaid, own.held], stretch.after),
      closing: await at(own.prepaid, own.held),
      totals: {
        paidIn: total(topUps.map(({ amount }) => amount)),
        charges: sumOf(charges, "charge"),
        paidByVouchers: sumOf(charges, "voucher"),
        paidInCash: sumOf(charges, "cash"),
        freeAtEnd: await at(own.prepaid),
        heldAtEnd: await at(own.held),
        vouchersAtEnd: await at(...own.issued, ...own.reserved),
      },
      lines: [
        ...byHand.map((line) => {
          if (line.kind === "top-up")
            return lineByHand(line, { text: "Paid in", amount: line.amount });
          const what = line.kind === "grant" ? "Voucher granted" : "Voucher expired";
          const text = `${what}, ${formatYuan(line.amount)} yuan`;
          return lineByHand(line, { text, amount: noMoney });
        }),
        ...charges.map((one) =>
          lineOfCharge(one, { text: "Run", amount: minus(noMoney, one.charge.cash), names }),
        ),
      ],
    });
  });
}

interface Own {
  readonly prepaid: AccountPath;
  readonly held: AccountPath;
  readonly issued: readonly AccountPath[];
  readonly reserved: readonly AccountPath[];
}

async function ownAccounts(sql: Sql, id: TenantId): Promise<Own> {
  const vouchers = await vouchersEver(sql, id);
  return {
    prepaid: accounts.prepaid(id).path,
    held: accounts.held(id).path,
    issued: vouchers.map((of) => accounts.issued(of).path),
    reserved: vouchers.map((of) => accounts.reserved(of).path),
  };
}

async function readLines(
  sql: Sql,
  { id, period, own }: { id: TenantId; period: Period; own: Own },
) {
  const { from, until, stretch } = period;
  const limit = linesMax + 1;
  const charges = await chargesBetween(sql, { of: { tenant: id }, from, until, limit });
  const byHand = await readByHand(sql, [own.prepaid, ...own.issued], stretch);
  refuseTooMany([...charges, ...byHand]);
  return { charges, byHand };
}
