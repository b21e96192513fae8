import { microYuan, type MicroYuan, type TenantId } from "@wadi/core/units";

import { fragment, type Fragment, type Sql } from "../db/index.ts";
import type { Month } from "./month-store.ts";

/**
 * What bills by agreement changed in what tenants pay themselves, bill by bill, of those that were
 * made within the month: they are about months before it.
 */
export const billChanges = ({ from, until }: Pick<Month, "from" | "until">): Fragment => fragment`(
  select b.tenant, b.month, b.number, b.billed_at as at, b.cash - coalesce(before.cash, 0) as change
  from billed_months b
  left join billed_months before
    on before.tenant = b.tenant and before.month = b.month and before.number = b.number - 1
  where b.billed_at >= ${from} and b.billed_at < ${until}
    and b.cash <> coalesce(before.cash, 0)) as bill_change`;

export interface BillChange {
  readonly month: string;
  readonly at: Temporal.Instant;
  readonly change: MicroYuan;
}

/** A tenant's, in the order they were made. */
export async function billChangesOf(
  sql: Sql,
  { tenant, month }: { tenant: TenantId; month: Pick<Month, "from" | "until"> },
): Promise<BillChange[]> {
  const rows = await sql<Omit<BillChange, "change"> & { change: bigint }>`
    select month, at, change from ${billChanges(month)}
    where tenant = ${tenant} order by at, month, number`;
  return rows.map((row) => ({ ...row, change: microYuan(row.change) }));
}
