import { accounts, describeRefusal, type Transfer, type TransferKind } from "@wadi/core/ledger";
import { adjustment, chargedWithin, type Adjustment, type RunCharge } from "@wadi/core/rating";
import { minus, noMoney, type MicroYuan, type RunId, type TenantId } from "@wadi/core/units";
import { ratedLine } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { findVouchers, lockHead, postTransfers } from "../ledger/index.ts";
import { chargedRunsOf, voucherBack, type ChargedUsage } from "../metering/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { billsOf, insertBill, lockBills, type BilledMonth } from "./bill-store.ts";
import { rateTenantMonth, type TenantMonth } from "./rate-month.ts";

/**
 * Bills a tenant's month by its agreement and posts, in the open period, the difference to what its
 * runs were charged. Repeated, it changes nothing, unless readings came late or prices were put
 * anew: then the further difference is posted, and the bill before stays as it is.
 * @throws Refused `not-found` without an agreement, `invalid-request` for a month that is not over
 */
export async function billMonth(
  hub: Hub,
  of: { tenant: TenantId; month: Temporal.PlainYearMonth; by: AuditEntry["by"] },
): Promise<BilledMonth> {
  const { tenant, month, by } = of;
  const now = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockBills(sql);
    await lockHead(sql); // first: what the others read stays so
    const rated = await rateTenantMonth(sql, { tenant, month });
    if (!rated) throw new Refused("not-found", {}, `nothing was agreed with ${tenant}`);
    const { from, to } = rated.rated;
    if (Temporal.Instant.compare(now, to) < 0) {
      throw wrongField("/month", `is not over; bill it from ${to} on`);
    }
    const before = (await billsOf(sql, { tenant, month })).at(-1);
    const runs = await chargedRunsOf(sql, { tenant, from, until: to });
    const made = adjustment(
      rated.rated.total,
      runs.map((one) => partOf(one, { from, to })),
      before?.backs,
    );
    const bill = billOf(rated, made, { tenant, month, number: (before?.number ?? 0) + 1, now });
    if (before && isSame(before, bill)) return before;

    await post(sql, transfersOf(bill, before, await backers(sql, { tenant, runs, bill })), now);
    await insertBill(sql, bill);
    const facts = { month: month.toString(), number: bill.number };
    await audit(sql, { by, at: now, action: "month.bill", subject: `tenant/${tenant}`, facts });
    return bill;
  });
}

function partOf(
  { stored, charge, lines }: ChargedUsage,
  span: Parameters<typeof chargedWithin>[2],
): RunCharge {
  const { run, share } = stored;
  const { voucher } = charge;
  const held = lines.filter(({ measure }) => measure === "card-seconds");
  const whole = { run, charge: charge.charge, voucher, voucherRate: share.voucherRate };
  return chargedWithin(whole, held, span);
}

function billOf(
  { rated, listRevision, agreementRevision }: TenantMonth,
  { charged, cash, backs }: Adjustment,
  of: {
    tenant: TenantId;
    month: Temporal.PlainYearMonth;
    number: number;
    now: Temporal.Instant;
  },
): BilledMonth {
  const { tenant, month, number, now: billedAt } = of;
  const lines = rated.lines.map(({ sources: _sources, ...line }) => z.encode(ratedLine, line));
  return {
    ...{ tenant, month, number, billedAt, list: rated.list, listRevision, agreementRevision },
    ...{ total: rated.total, charged, cash, lines },
    backs: new Map(backs.map(({ run, amount }) => [run, amount])),
  };
}

/** Whether billing again would move nothing and say nothing new. */
function isSame(a: BilledMonth, b: BilledMonth): boolean {
  const revisions = (one: BilledMonth) =>
    `${one.list}/${one.listRevision}/${one.agreementRevision}`;
  return (
    a.total === b.total &&
    a.charged === b.charged &&
    a.cash === b.cash &&
    revisions(a) === revisions(b) &&
    JSON.stringify(a.lines) === JSON.stringify(b.lines)
  );
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

async function post(
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
