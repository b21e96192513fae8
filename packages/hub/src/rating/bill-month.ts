import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { lockBills, type BilledMonth } from "./bill-store.ts";
import { nextBill, stampOf, type NextBill, type ReadyBill } from "./next-bill.ts";
import { postBill } from "./post-bill.ts";
import { refusalOf, type UnpricedMonth } from "./refuse-unpriced.ts";

/** Whose month, and who bills it. */
export interface MonthToBill {
  readonly tenant: TenantId;
  readonly month: Temporal.PlainYearMonth;
  readonly by: AuditEntry["by"];
}

/** A bill; or why there is none: nothing is agreed in the month, or something has no price. */
export type BillOutcome =
  | { readonly kind: "billed"; readonly bill: BilledMonth }
  | { readonly kind: "nothing-agreed" }
  | { readonly kind: "unpriced"; readonly found: UnpricedMonth };

/**
 * Bills a tenant's month by what was agreed and posts, in the open period, the difference to what
 * its runs were charged for the days that were agreed on. Repeated, it changes nothing, unless
 * readings came late: then the further difference is posted, and the bill before stays as it is.
 * What was put since the first bill changes nothing of it.
 * @throws Refused `not-found` where nothing is agreed in the month; `unpriced` where something has
 *   no price, before the first bill; `wrong-state` for a month that is not over, or after one that
 *   was not billed and whose packages go on into it
 */
export async function billMonth(hub: Hub, of: MonthToBill): Promise<BilledMonth> {
  const outcome = await tryBillMonth(hub, of);
  if (outcome.kind === "billed") return outcome.bill;
  if (outcome.kind === "unpriced") throw refusalOf(of.month, [outcome.found]);
  throw new Refused("not-found", {}, `nothing was agreed with ${of.tenant} for ${of.month}`);
}

/**
 * The same, with what is not billed told and not thrown. Rating a large month takes seconds, in
 * which nobody should have to wait for the books: it is done as of one moment beside them, and
 * posted if nothing of the tenant's has changed since. Where it changes all the time, the books are
 * held still for it.
 * @throws Refused `wrong-state`
 */
export async function tryBillMonth(hub: Hub, of: MonthToBill): Promise<BillOutcome> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = hub.clock.now();
    const { found, stamp } = await hub.db.transaction(
      async (sql) => ({ found: await nextBill(sql, of, now), stamp: await stampOf(sql, of) }),
      { isolation: "repeatable read", readOnly: true },
    );
    if (found.kind !== "ready" || found.next.isSame) return outcomeOf(found);
    const isPosted = await hub.db.transaction(async (sql) => {
      await lockBooks(sql);
      if ((await stampOf(sql, of)) !== stamp) return false;
      await post(sql, found.next, of.by);
      return true;
    });
    if (isPosted) return outcomeOf(found);
  }
  return hub.db.transaction(async (sql) => {
    await lockBooks(sql);
    const found = await nextBill(sql, of, hub.clock.now());
    if (found.kind === "ready" && !found.next.isSame) await post(sql, found.next, of.by);
    return outcomeOf(found);
  });
}

const attemptsMax = 3;

async function lockBooks(sql: Sql): Promise<void> {
  await lockBills(sql);
  await lockHead(sql);
}

async function post(sql: Sql, next: ReadyBill, by: AuditEntry["by"]): Promise<void> {
  await postBill(sql, next);
  const { tenant, month, number, billedAt: at } = next.bill;
  const facts = { month: month.toString(), number };
  await audit(sql, { by, at, action: "month.bill", subject: `tenant/${tenant}`, facts });
}

function outcomeOf(found: NextBill): BillOutcome {
  if (found.kind !== "ready") return found;
  const { bill, before, isSame } = found.next;
  return { kind: "billed", bill: isSame && before ? before : bill };
}
