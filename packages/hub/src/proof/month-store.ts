import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** Months that a tenant was billed in a time, and the number of each bill; in their order. */
export async function billedIn(
  sql: Sql,
  { tenant, from, until }: { tenant: TenantId; from: Temporal.Instant; until: Temporal.Instant },
): Promise<{ month: Temporal.PlainYearMonth; number: number }[]> {
  const rows = await sql<{ month: string; number: number }>`
    select month, number from billed_months
    where tenant = ${tenant} and billed_at >= ${from} and billed_at < ${until}
    order by month, number`;
  return rows.map(({ month, number }) => ({ month: Temporal.PlainYearMonth.from(month), number }));
}
