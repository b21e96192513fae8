import type { SoldUsage } from "@wadi/core/settlement";
import {
  cardSeconds,
  microYuan,
  type CardModelId,
  type MicroYuan,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import { chargeEntries } from "../metering/index.ts";
import { billChanges } from "./bill-changes-store.ts";
import type { Month } from "./month-store.ts";

/**
 * How many charges and corrections a month has, and a seal: a sum over everything they say, so that
 * one more, one less, or one that says something else gives another.
 */
export async function sealCharges(
  sql: Sql,
  month: Pick<Month, "from" | "until">,
): Promise<{ lines: bigint; seal: string }> {
  const [row] = await sql<{ lines: bigint; seal: string }>`
    select count(*) as lines,
      coalesce(sum(hashtextextended(concat_ws('|', run, correction, tenant, provider, model,
        programme, card_seconds, voucher, cash, fee), 0)::numeric), 0)::text as seal
    from ${chargeEntries(month)}`;
  return row!;
}

/** Makes the sums of a month anew out of its charges. */
export async function sumCharges(sql: Sql, month: Month): Promise<void> {
  await sql`delete from settlement_usage where settlement = ${month.id}`;
  await sql`
    insert into settlement_usage (settlement, tenant, provider, model, level, programme, runs,
      card_seconds, voucher_seconds, voucher, cash, fee)
    select ${month.id}::uuid, tenant, provider, model,
      case when priced_seconds = 0 then 0
        else div(price * 3600, priced_seconds * 10000::numeric)::bigint end,
      coalesce(programme, ''), count(*) filter (where correction = 0), sum(card_seconds),
      sum(case when voucher = 0 or voucher + cash = 0 then 0
        else div(card_seconds::numeric * voucher, voucher + cash) end),
      sum(voucher), sum(cash), sum(fee)
    from ${chargeEntries(month)}
    group by 2, 3, 4, 5, 6`;
}

/** What was used of each provider, at each price level of each card model, by these. */
export async function usageByProvider(
  sql: Sql,
  id: SettlementId,
): Promise<Map<ProviderId, SoldUsage[]>> {
  const rows = await sql<UsageRow>`
    select provider, model, sum(card_seconds)::text as seconds,
      sum(voucher_seconds)::text as "voucherSeconds", sum(voucher)::text as voucher,
      sum(cash)::text as cash, sum(fee)::text as fee
    from settlement_usage where settlement = ${id}
    group by provider, model, level order by provider, model, level`;
  const found = new Map<ProviderId, SoldUsage[]>();
  for (const row of rows) {
    const spend = BigInt(row.voucher) + BigInt(row.cash);
    const one: SoldUsage = {
      model: row.model,
      cardSeconds: cardSeconds(BigInt(row.seconds)),
      spend: microYuan(spend),
      voucherSeconds: cardSeconds(BigInt(row.voucherSeconds)),
      voucherSpend: microYuan(BigInt(row.voucher)),
      posted: microYuan(spend - BigInt(row.fee)),
    };
    found.set(row.provider, [...(found.get(row.provider) ?? []), one]);
  }
  return found;
}

interface UsageRow {
  readonly provider: ProviderId;
  readonly model: CardModelId;
  readonly seconds: string;
  readonly voucherSeconds: string;
  readonly voucher: string;
  readonly cash: string;
  readonly fee: string;
}

/** What each tenant pays itself, by tenant: of its charges, and what bills of the month changed. */
export async function cashByTenant(
  sql: Sql,
  month: Month,
): Promise<{ tenant: TenantId; cash: MicroYuan }[]> {
  const rows = await sql<{ tenant: TenantId; cash: string }>`
    select tenant, sum(cash)::text as cash
    from (select tenant, cash from settlement_usage where settlement = ${month.id}
      union all select tenant, change from ${billChanges(month)}) as one
    group by tenant order by tenant`;
  return rows.map(({ tenant, cash }) => ({ tenant, cash: microYuan(BigInt(cash)) }));
}

/** What all of the month's usage gives together. */
export async function totalUsage(sql: Sql, id: SettlementId) {
  const [row] = await sql<Record<"runs" | "seconds" | "voucher" | "cash" | "fee", string>>`
    select coalesce(sum(runs), 0)::text as runs, coalesce(sum(card_seconds), 0)::text as seconds,
      coalesce(sum(voucher), 0)::text as voucher, coalesce(sum(cash), 0)::text as cash,
      coalesce(sum(fee), 0)::text as fee
    from settlement_usage where settlement = ${id}`;
  const { runs, seconds, voucher, cash, fee } = row!;
  return {
    runs: BigInt(runs),
    cardSeconds: cardSeconds(BigInt(seconds)),
    charges: microYuan(BigInt(voucher) + BigInt(cash)),
    vouchers: microYuan(BigInt(voucher)),
    cash: microYuan(BigInt(cash)),
    platformFees: microYuan(BigInt(fee)),
  };
}
