import { accounts, describeRefusal, type Transfer, type TransferKind } from "@wadi/core/ledger";
import { minus, noMoney, type MicroYuan, type RunId, type TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findVouchers, postTransfers } from "../ledger/index.ts";
import { voucherBack, type ChargedUsage } from "../metering/index.ts";
import { insertBill, type BilledMonth } from "./bill-store.ts";

/** Posts what a bill moves beyond the bill before, and keeps it. The caller has the head locked. */
export async function postBill(
  sql: Sql,
  of: { bill: BilledMonth; before: BilledMonth | undefined; runs: readonly ChargedUsage[] },
): Promise<void> {
  const { bill, before, runs } = of;
  const giveBack = await backers(sql, { tenant: bill.tenant, runs, bill });
  await postOneWay(sql, transfersOf(bill, before, giveBack), bill.billedAt);
  await insertBill(sql, bill);
}

/** Makes the transfers by which a run's voucher gives back. */
type GiveBack = (run: RunId, amount: MicroYuan) => Transfer[];

async function backers(
  sql: Sql,
  of: { tenant: TenantId; runs: readonly ChargedUsage[]; bill: BilledMonth },
): Promise<GiveBack> {
  const { tenant, runs, bill } = of;
  const giving = runs.filter(({ stored }) => bill.backs.has(stored.run));
  const voucherOf = await findVouchers(
    sql,
    giving.map(({ stored: { share } }) => ({ tenant, ...share })),
  );
  const byRun = new Map(giving.map(({ stored }) => [stored.run, stored]));
  return (run, amount) => {
    const { job, provider, share } = byRun.get(run)!;
    const voucher = voucherOf({ tenant, ...share });
    const correction = `${bill.month}/${bill.number}`;
    const parties = { run, job, tenant, provider, voucher, correction, at: bill.billedAt };
    return voucher && amount > 0n ? voucherBack(parties, amount, voucher) : [];
  };
}

/** What the bill moves beyond the bill before, in two ways: paid at once, or owed. */
function transfersOf(
  bill: BilledMonth,
  before: BilledMonth | undefined,
  giveBack: GiveBack,
): readonly Transfer[][] {
  const cash = minus(bill.cash, before?.cash ?? noMoney);
  const backs = [...bill.backs].flatMap(([run, amount]) =>
    giveBack(run, minus(amount, before?.backs.get(run) ?? noMoney)),
  );
  const [prepaid, clearing] = [accounts.prepaid(bill.tenant), accounts.clearing()];
  const [owed, fee] = [accounts.receivable(bill.tenant), accounts.platformFee()];
  if (cash <= noMoney) {
    const back = minus(noMoney, cash);
    const moves = [
      move(bill, "clear-down", back, { from: fee, to: clearing }),
      move(bill, "adjust-tenant-down", back, { from: clearing, to: prepaid }),
    ];
    return [[...moves.filter(({ amount }) => amount > 0n), ...backs]];
  }
  const kept = move(bill, "clear-up", cash, { from: clearing, to: fee });
  return [
    [move(bill, "adjust-tenant-up", cash, { from: prepaid, to: clearing }), kept, ...backs],
    [move(bill, "owe", cash, { from: owed, to: clearing }), kept, ...backs],
  ];
}

function move(
  { tenant, month, number, billedAt }: BilledMonth,
  kind: TransferKind,
  amount: MicroYuan,
  way: Pick<Transfer, "from" | "to">,
): Transfer {
  const fact = `${kind}/${tenant}/${month}/${number}`;
  const note = `the bill of ${month} by agreement`;
  const none = { hold: null, job: null, run: null };
  return { ...way, ...none, kind, amount, fact, note, happenedAt: billedAt };
}

async function postOneWay(
  sql: Sql,
  ways: readonly (readonly Transfer[])[],
  now: Temporal.Instant,
): Promise<void> {
  for (const [i, group] of ways.entries()) {
    if (group.length === 0) return;
    const [outcome] = (await postTransfers(sql, [group], now)).outcomes;
    if (outcome!.kind === "posted") return;
    const isLast = i === ways.length - 1;
    if (outcome!.kind === "refused" && outcome!.reason.code === "below-floor" && !isLast) continue;
    const why = outcome!.kind === "refused" ? describeRefusal(outcome!.reason) : "posted before";
    throw new Error(`posting the bill of a month: ${why}`);
  }
}
