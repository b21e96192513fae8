import type { FundId, TenantId } from "@wadi/core/units";
import type { DistrictId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

/** A part of the region that asks for one statement of all its tenants and funds. */
export interface District {
  readonly id: DistrictId;
  readonly name: string;
  readonly tenants: readonly TenantId[];
  readonly funds: readonly FundId[];
}

export async function saveDistrict(sql: Sql, one: District): Promise<void> {
  await sql`
    insert into districts (id, name, tenants, funds)
    values (${one.id}, ${one.name}, ${one.tenants}::text[], ${one.funds}::text[])
    on conflict (id) do update
      set name = excluded.name, tenants = excluded.tenants, funds = excluded.funds`;
}

export async function districtOf(sql: Sql, id: DistrictId): Promise<District | undefined> {
  const [row] =
    await sql<District>`select id, name, tenants, funds from districts where id = ${id}`;
  return row;
}

/** Names by id of what there is; those that are not there are left out. */
export async function namesOf(
  sql: Sql,
  { tenants, funds }: Pick<District, "tenants" | "funds">,
): Promise<{ tenants: Map<string, string>; funds: Map<string, string> }> {
  const rows = await sql<{ of: "tenant" | "fund"; id: string; name: string }>`
    select 'tenant' as of, id, name from tenants where id = any(${tenants}::text[])
    union all select 'fund', id, name from funds where id = any(${funds}::text[])`;
  const named = (of: string) =>
    new Map(rows.filter((row) => row.of === of).map(({ id, name }) => [id, name]));
  return { tenants: named("tenant"), funds: named("fund") };
}

/** What was charged of these tenants in a time, by who paid it. */
export async function sumCharged(
  sql: Sql,
  of: { tenants: readonly TenantId[]; from: Temporal.Instant; until: Temporal.Instant },
): Promise<{ voucher: bigint; cash: bigint }> {
  const { tenants, from, until } = of;
  const [row] = await sql<{ voucher: string; cash: string }>`
    select coalesce(sum(voucher), 0)::text as voucher, coalesce(sum(cash), 0)::text as cash
    from charges where tenant = any(${tenants}::text[])
      and charged_at >= ${from} and charged_at < ${until}`;
  return { voucher: BigInt(row!.voucher), cash: BigInt(row!.cash) };
}
