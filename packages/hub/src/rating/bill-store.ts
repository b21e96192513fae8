import type { PriceListId } from "@wadi/core/rating";
import { microYuan, type MicroYuan, type RunId, type TenantId } from "@wadi/core/units";

import { json, type Sql } from "../db/index.ts";

/** A tenant's month as it was billed by its agreement. */
export interface BilledMonth {
  readonly tenant: TenantId;
  readonly month: Temporal.PlainYearMonth;
  /** 1 for the month's first bill; later ones are made when readings came late. */
  readonly number: number;
  readonly billedAt: Temporal.Instant;
  readonly list: PriceListId;
  readonly listRevision: number;
  readonly agreementRevision: number;
  readonly total: MicroYuan;
  /** By runs, before any adjustment. */
  readonly charged: MicroYuan;
  /** All adjustments so far: what the tenant paid more or got back, and what vouchers gave back. */
  readonly cash: MicroYuan;
  readonly backs: ReadonlyMap<RunId, MicroYuan>;
  /** In the form of the protocol. */
  readonly lines: unknown;
}

/** Whoever bills waits here for the one before. */
export async function lockBills(sql: Sql): Promise<void> {
  await sql`lock table billed_months in share row exclusive mode`;
}

export async function insertBill(sql: Sql, one: BilledMonth): Promise<void> {
  const backs = Object.fromEntries([...one.backs].sort(([a], [b]) => (a < b ? -1 : 1)));
  await sql`
    insert into billed_months (tenant, month, number, billed_at, list, list_revision,
      agreement_revision, total, charged, cash, backs, lines)
    values (${one.tenant}, ${one.month.toString()}, ${one.number}, ${one.billedAt}, ${one.list},
      ${one.listRevision}, ${one.agreementRevision}, ${one.total}, ${one.charged}, ${one.cash},
      ${json(backs)}, ${json(one.lines)})`;
}

/** Of one month, first to last. */
export async function billsOf(
  sql: Sql,
  { tenant, month }: { tenant: TenantId; month: Temporal.PlainYearMonth },
): Promise<BilledMonth[]> {
  const rows = await sql<BillRow>`
    select * from billed_months where tenant = ${tenant} and month = ${month.toString()}
    order by number`;
  return rows.map(toBill);
}

interface BillRow {
  readonly tenant: TenantId;
  readonly month: string;
  readonly number: number;
  readonly billed_at: Temporal.Instant;
  readonly list: PriceListId;
  readonly list_revision: number;
  readonly agreement_revision: number;
  readonly total: bigint;
  readonly charged: bigint;
  readonly cash: bigint;
  readonly backs: Record<RunId, string>;
  readonly lines: unknown;
}

const toBill = (row: BillRow): BilledMonth => ({
  tenant: row.tenant,
  month: Temporal.PlainYearMonth.from(row.month),
  number: row.number,
  billedAt: row.billed_at,
  list: row.list,
  listRevision: row.list_revision,
  agreementRevision: row.agreement_revision,
  total: microYuan(row.total),
  charged: microYuan(row.charged),
  cash: microYuan(row.cash),
  backs: new Map(
    Object.entries(row.backs).map(([run, amount]) => [run as RunId, microYuan(BigInt(amount))]),
  ),
  lines: row.lines,
});
