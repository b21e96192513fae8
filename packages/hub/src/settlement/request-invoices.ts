import { isPublished } from "@wadi/core/settlement";
import { noMoney, total, type TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import type { InvoiceAdapter, InvoiceRequest } from "./invoice-adapter.ts";
import {
  requestedBefore,
  saveRequests,
  tenantLines,
  type EarlierRequest,
} from "./invoice-store.ts";
import { findMonth, type Month } from "./month-store.ts";
import { notOpened } from "./open-month.ts";

/**
 * Asks for an e-invoice for each tenant that paid the platform anything itself in a published
 * month. Those asked for before are not asked for again; one that fails is asked for next time.
 * Where a tenant got back more than it paid there is nothing to invoice. Of a month that was taken
 * back and worked out anew, those whose amount changed are asked for in place of the earlier ones.
 * @throws Refused `not-found`, `wrong-state`
 */
export async function requestInvoices(
  hub: Hub,
  adapter: InvoiceAdapter,
  { month, by }: { month: string; by: AuditEntry["by"] },
): Promise<{ requested: number; before: number }> {
  const { sql } = hub.db;
  const found = await findMonth(sql, month);
  if (!found) throw notOpened(month);
  if (!isPublished(found.state)) {
    const detail = `${month} is ${found.state}; publish it before anybody is invoiced`;
    throw new Refused("wrong-state", { state: found.state }, detail);
  }
  const earlier = await requestedBefore(sql, month);
  const requestedAt = hub.clock.now();
  const requests = await requestsOf(sql, found, { earlier, requestedAt });
  for (const request of requests) await adapter.request(request);
  await hub.db.transaction(async (inside) => {
    await saveRequests(inside, found.id, requests);
    const facts = { requested: requests.length };
    const subject = `settlement/${month}`;
    await audit(inside, { by, at: requestedAt, action: "settlement.invoices", subject, facts });
  });
  const anew = requests.filter(({ replaces }) => replaces !== null).length;
  return { requested: requests.length, before: earlier.size - anew };
}

async function requestsOf(
  sql: Sql,
  found: Month,
  of: { earlier: Map<TenantId, EarlierRequest>; requestedAt: Temporal.Instant },
): Promise<InvoiceRequest[]> {
  const { month, id, revision } = found;
  const all = await tenantLines(sql, found);
  const nothing = { name: undefined, lines: [] };
  const tenants = [...new Set([...all.keys(), ...of.earlier.keys()])].sort();
  return tenants.flatMap((tenant): InvoiceRequest[] => {
    const { name = tenant, lines } = all.get(tenant) ?? nothing;
    const sum = total(lines.map((line) => line.amount));
    const amount = sum > noMoney ? sum : noMoney;
    const before = of.earlier.get(tenant);
    if (before?.settlement === id || amount === (before?.amount ?? noMoney)) return [];
    return [
      {
        ...{ number: `${month}-${revision}-${tenant}`, month, requestedAt: of.requestedAt },
        ...{ replaces: before?.number ?? null, buyer: { tenant, name }, amount },
        lines: amount === noMoney ? [] : lines,
        paidByVouchers: total(lines.map(({ voucher }) => voucher)),
      },
    ];
  });
}
