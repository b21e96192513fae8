import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/**
 * How many charges a tenant has, and corrections of them. Both are only ever added to: where the
 * counts are the same, so are the charges.
 */
export async function countCharges(sql: Sql, tenant: TenantId): Promise<string> {
  const [row] = await sql<{ charges: bigint; corrections: bigint }>`
    select (select count(*) from charges where tenant = ${tenant}) as charges,
      (select count(*) from charge_corrections where tenant = ${tenant}) as corrections`;
  return `${row!.charges}/${row!.corrections}`;
}
