import { noMoney, total } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import type { InvoiceAdapter, InvoiceRequest } from "./invoice-adapter.ts";
import { requestedBefore, saveRequests, tenantLines } from "./invoice-store.ts";
import { findMonth } from "./month-store.ts";

/**
 * Asks for an e-invoice for each tenant that paid anything itself in a published month. Those asked
 * for before are not asked for again; one that fails is asked for next time. Where a tenant got
 * back more than it paid there is nothing to invoice.
 * @throws Refused `not-found`, `wrong-state`
 */
export async function requestInvoices(
  hub: Hub,
  adapter: InvoiceAdapter,
  { month, by }: { month: string; by: AuditEntry["by"] },
): Promise<{ requested: number; before: number }> {
  const { sql } = hub.db;
  const found = await findMonth(sql, month);
  if (!found) throw new Refused("not-found", {}, `${month} is not open; open it first`);
  if (found.state !== "published") {
    const detail = `${month} is ${found.state}; publish it before anybody is invoiced`;
    throw new Refused("wrong-state", { state: found.state }, detail);
  }
  const before = await requestedBefore(sql, found.id);
  const requestedAt = hub.clock.now();
  const requests = [...(await tenantLines(sql, found))].flatMap(
    ([tenant, { name, lines }]): InvoiceRequest[] => {
      const amount = total(lines.map((line) => line.amount));
      if (before.has(tenant) || amount <= noMoney) return [];
      const paidByVouchers = total(lines.map(({ voucher }) => voucher));
      const number = `${month}-${found.revision}-${tenant}`;
      return [
        { number, month, buyer: { tenant, name }, lines, amount, paidByVouchers, requestedAt },
      ];
    },
  );
  for (const request of requests) await adapter.request(request);
  await hub.db.transaction(async (inside) => {
    await saveRequests(inside, found.id, requests);
    const facts = { requested: requests.length };
    const subject = `settlement/${month}`;
    await audit(inside, { by, at: requestedAt, action: "settlement.invoices", subject, facts });
  });
  return { requested: requests.length, before: before.size };
}
