import {
  cardSeconds,
  microYuan,
  type CardSeconds,
  type MicroYuan,
  type TenantId,
} from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import { billChanges } from "./bill-changes-store.ts";
import type { InvoiceRequest } from "./invoice-adapter.ts";
import type { Month } from "./month-store.ts";

/** What was last asked for, for a tenant and a month, in this revision or an earlier one. */
export interface EarlierRequest {
  readonly settlement: SettlementId;
  readonly number: string;
  readonly amount: MicroYuan;
}

export async function requestedBefore(
  sql: Sql,
  month: string,
): Promise<Map<TenantId, EarlierRequest>> {
  const rows = await sql<Omit<EarlierRequest, "amount"> & { tenant: TenantId; amount: bigint }>`
    select distinct on (r.tenant) r.tenant, r.settlement, r.number, r.amount
    from invoice_requests r join settlements s on s.id = r.settlement
    where s.month = ${month} order by r.tenant, s.revision desc`;
  return new Map(
    rows.map(({ tenant, amount, ...row }) => [tenant, { ...row, amount: microYuan(amount) }]),
  );
}

export async function saveRequests(
  sql: Sql,
  id: SettlementId,
  requests: readonly InvoiceRequest[],
): Promise<void> {
  await sql`
    insert into invoice_requests (settlement, tenant, number, amount, requested_at)
    select ${id}::uuid, * from unnest(
      ${requests.map(({ buyer }) => buyer.tenant)}::text[],
      ${requests.map(({ number }) => number)}::text[],
      ${requests.map(({ amount }) => amount)}::bigint[],
      ${requests.map(({ requestedAt }) => requestedAt)}::timestamptz[])
    on conflict do nothing`;
}

/** What a tenant used of one card model in a month. */
export interface TenantLine {
  readonly model: string;
  readonly cardSeconds: CardSeconds;
  readonly amount: MicroYuan;
  readonly voucher: MicroYuan;
}

/** What a line is called that bills by agreement changed. */
const adjustment = "adjustment";

/** By tenant, then by card model; without what tenants pay providers themselves. */
export async function tenantLines(
  sql: Sql,
  month: Month,
): Promise<Map<TenantId, { name: string; lines: TenantLine[] }>> {
  const rows = await sql<LineRow>`
    select tenant, coalesce(t.name, tenant) as name, model, sum(seconds)::text as seconds,
      sum(cash)::text as cash, sum(voucher)::text as voucher
    from (select tenant, model, card_seconds as seconds, cash, voucher from settlement_usage
        where settlement = ${month.id}
      union all
      select tenant, model, -card_seconds, -cash, -voucher from charges
        where charged and charged_at >= ${month.from} and charged_at < ${month.until}
          and (provider, tenant) in (select provider, of from settlement_direct
            where settlement = ${month.id} and payer = 'tenant')
      union all
      select tenant, ${adjustment}::text, 0, change, 0 from ${billChanges(month)}) as one
    left join tenants t on t.id = tenant
    group by tenant, t.name, model
    having sum(seconds) <> 0 or sum(cash) <> 0 or sum(voucher) <> 0 order by tenant, model`;
  const found = new Map<TenantId, { name: string; lines: TenantLine[] }>();
  for (const { tenant, name, model, seconds, cash, voucher } of rows) {
    const of = found.get(tenant) ?? { name, lines: [] };
    of.lines.push({
      model,
      cardSeconds: cardSeconds(BigInt(seconds)),
      amount: microYuan(BigInt(cash)),
      voucher: microYuan(BigInt(voucher)),
    });
    found.set(tenant, of);
  }
  return found;
}

interface LineRow {
  readonly tenant: TenantId;
  readonly name: string;
  readonly model: string;
  readonly seconds: string;
  readonly cash: string;
  readonly voucher: string;
}
