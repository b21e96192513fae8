import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { tryBillMonth } from "./bill-month.ts";
import { billOf, type BilledMonth } from "./bill-store.ts";
import { rateTenantMonth, unbilledBefore } from "./rate-month.ts";
import { refusalOf, unpricedOf, type UnpricedMonth } from "./refuse-unpriced.ts";
import { agreedTenants } from "./store.ts";

/**
 * Bills a month of every tenant that something is agreed with in it, by id, each in a transaction
 * of its own: never within one, which it would wait for. Months before it that packages go on from
 * are billed first. Repeated, it bills those that are left, and posts for the others only what
 * changed since.
 * @returns the bills of the month
 * @throws Refused `unpriced` once all others are billed, with what of whom has no price;
 *   `wrong-state` for a month that is not over
 */
export async function billMonths(
  hub: Hub,
  { month, by }: { month: Temporal.PlainYearMonth; by: AuditEntry["by"] },
): Promise<readonly BilledMonth[]> {
  const bills: BilledMonth[] = [];
  const unpriced: UnpricedMonth[] = [];
  for (const tenant of await agreedTenants(hub.db.sql)) {
    const before = await unbilledBefore(hub.db.sql, { tenant, month });
    for (const one of [...before, month]) {
      const outcome = await tryBillMonth(hub, { tenant, month: one, by });
      if (outcome.kind === "billed" && one === month) bills.push(outcome.bill);
      if (outcome.kind !== "unpriced") continue;
      unpriced.push(outcome.found);
      break;
    }
  }
  if (unpriced.length > 0) throw refusalOf(month, unpriced);
  return bills;
}

/** Whose usage of a month has no price, so that it cannot be billed as prices stand; by tenant. */
export async function unpricedIn(
  sql: Sql,
  { month }: { month: Temporal.PlainYearMonth },
): Promise<readonly UnpricedMonth[]> {
  const found: UnpricedMonth[] = [];
  for (const tenant of await agreedTenants(sql)) {
    if (await billOf(sql, { tenant, month, which: "first" })) continue;
    const one = unpricedOf({ tenant, month }, await rateTenantMonth(sql, { tenant, month }));
    if (one) found.push(one);
  }
  return found;
}
