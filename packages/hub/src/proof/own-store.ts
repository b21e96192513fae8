import type { AccountPath } from "@wadi/core/ledger";
import { ownKinds } from "@wadi/core/proof";
import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** The tenant's accounts of money and of vouchers that were ever used, by path. */
export async function ownAccounts(sql: Sql, tenant: TenantId): Promise<AccountPath[]> {
  // What begins with "issued/acme/" stands from there up to "issued/acme0", in the order of bytes.
  const rows = await sql<{ path: AccountPath }>`
    select path from unnest(${ownKinds.map((kind) => `${kind}/${tenant}`)}::text[]) as own (stem)
    join accounts on path = stem or (path > stem || '/' and path < stem || '0')
    order by path`;
  return rows.map(({ path }) => path);
}
