import { isPublished } from "@wadi/core/settlement";
import {
  microYuan,
  type FundId,
  type MicroYuan,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import type { Month } from "./month-store.ts";
import { termsFor } from "./terms-store.ts";

/** What a tenant or a fund pays a provider itself, of a month's charges. */
export type DirectlyPaid = {
  readonly provider: ProviderId;
  /** Above zero. */
  readonly amount: MicroYuan;
} & (
  | { readonly payer: "tenant"; readonly of: TenantId }
  | { readonly payer: "fund"; readonly of: FundId }
);

/**
 * Sums up what the month's charges ask of those who pay these providers themselves, in place of
 * what was summed before. What corrects a charge later is settled through the platform.
 */
export async function sumDirect(
  sql: Sql,
  { id, from, until }: Month,
  providers: { tenants: readonly ProviderId[]; funds: readonly ProviderId[] },
): Promise<void> {
  await sql`delete from settlement_direct where settlement = ${id}`;
  if (providers.tenants.length > 0) {
    await sql`
      insert into settlement_direct (settlement, provider, payer, of, amount)
      select ${id}::uuid, provider, 'tenant', tenant, sum(cash)
      from charges
      where charged and charged_at >= ${from} and charged_at < ${until} and cash > 0
        and provider = any(${[...providers.tenants]}::text[])
      group by provider, tenant`;
  }
  if (providers.funds.length === 0) return;
  await sql`
    insert into settlement_direct (settlement, provider, payer, of, amount)
    select ${id}::uuid, c.provider, 'fund', p.fund, sum(c.voucher)
    from charges c join programmes p on p.id = c.programme
    where c.charged and c.charged_at >= ${from} and c.charged_at < ${until} and c.voucher > 0
      and c.provider = any(${[...providers.funds]}::text[])
    group by c.provider, p.fund`;
}

/** By provider, tenants behind funds, then by id. */
export async function listDirect(sql: Sql, id: SettlementId): Promise<DirectlyPaid[]> {
  const rows = await sql<DirectRow>`
    select provider, payer, of, amount from settlement_direct
    where settlement = ${id} order by provider, payer, of`;
  return rows.map((row) => ({ ...row, amount: microYuan(row.amount) }) as DirectlyPaid);
}

interface DirectRow {
  readonly provider: ProviderId;
  readonly payer: "tenant" | "fund";
  readonly of: string;
  readonly amount: bigint;
}

/** Whose customers pay it themselves, for a month: by what it was computed from, else the terms. */
export async function directlyPaid(
  sql: Sql,
  month: Month,
): Promise<ReadonlyMap<ProviderId, { readonly tenants: boolean; readonly funds: boolean }>> {
  if (month.state === "computed" || isPublished(month.state)) {
    const byProvider = Map.groupBy(await listDirect(sql, month.id), ({ provider }) => provider);
    return new Map(
      [...byProvider].map(([provider, all]) => {
        const has = (payer: DirectlyPaid["payer"]) => all.some((one) => one.payer === payer);
        return [provider, { tenants: has("tenant"), funds: has("fund") }];
      }),
    );
  }
  const terms = await termsFor(sql, month.month);
  return new Map(
    [...terms]
      .map(
        ([
          provider,
          {
            terms: { paidDirectlyBy: by },
          },
        ]) => {
          return [
            provider,
            { tenants: by.includes("tenants"), funds: by.includes("funds") },
          ] as const;
        },
      )
      .filter(([, { tenants, funds }]) => tenants || funds),
  );
}
