import type { PriceListId, Unpriced } from "@wadi/core/rating";
import { microYuan, type MicroYuan, type RunId, type TenantId } from "@wadi/core/units";
import { billedPart, unpricedUsage, type BilledPart } from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../db/index.ts";

/** A tenant's month as it was billed by what was agreed. */
export interface BilledMonth {
  readonly tenant: TenantId;
  readonly month: Temporal.PlainYearMonth;
  /** 1 for the month's first bill; later ones are made when readings came late. */
  readonly number: number;
  readonly billedAt: Temporal.Instant;
  /** In order of time, at least one. */
  readonly parts: readonly BilledPart[];
  readonly total: MicroYuan;
  /** By runs, before any adjustment. */
  readonly charged: MicroYuan;
  /** All adjustments so far: what the tenant paid more or got back, and what vouchers gave back. */
  readonly cash: MicroYuan;
  readonly backs: ReadonlyMap<RunId, MicroYuan>;
  /** Came late, and has no price by what the month was billed by. */
  readonly unpriced: readonly Unpriced[];
}

/** Whose month. */
export interface TenantMonth {
  readonly tenant: TenantId;
  readonly month: Temporal.PlainYearMonth;
}

/** Whoever bills waits here for the one before. */
export async function lockBills(sql: Sql): Promise<void> {
  await sql`lock table billed_months in share row exclusive mode`;
}

export async function insertBill(sql: Sql, one: BilledMonth): Promise<void> {
  const backs = Object.fromEntries([...one.backs].sort(([a], [b]) => (a < b ? -1 : 1)));
  const parts = z.encode(storedParts, [...one.parts]);
  const last = one.parts.at(-1)!;
  await sql`
    insert into billed_months (tenant, month, number, billed_at, list, list_revision,
      agreement_revision, total, charged, cash, backs, lines, parts, unpriced)
    values (${one.tenant}, ${one.month.toString()}, ${one.number}, ${one.billedAt}, ${last.list},
      ${last.listRevision}, ${last.agreementRevision}, ${one.total}, ${one.charged}, ${one.cash},
      ${json(backs)}, ${json(parts.flatMap(({ lines }) => lines))}, ${json(parts)},
      ${json(z.encode(storedUnpriced, [...one.unpriced]))})`;
}

/** A month's first bill, by which it is rated; or its last, which says where it stands. */
export async function billOf(
  sql: Sql,
  { tenant, month, which }: TenantMonth & { readonly which: "first" | "last" },
): Promise<BilledMonth | undefined> {
  const order = which === "first" ? fragment`number` : fragment`number desc`;
  const [row] = await sql<BillRow>`
    select * from billed_months where tenant = ${tenant} and month = ${month.toString()}
    order by ${order} limit 1`;
  return row && toBill(row);
}

/** Of one month, first to last. */
export async function billsOf(sql: Sql, { tenant, month }: TenantMonth): Promise<BilledMonth[]> {
  const rows = await sql<BillRow>`
    select * from billed_months where tenant = ${tenant} and month = ${month.toString()}
    order by number`;
  return rows.map(toBill);
}

/** The last month that a tenant has a bill of. */
export async function lastBilledMonth(
  sql: Sql,
  tenant: TenantId,
): Promise<Temporal.PlainYearMonth | undefined> {
  const [row] = await sql<{ month: string | null }>`
    select max(month) as month from billed_months where tenant = ${tenant}`;
  return row?.month ? Temporal.PlainYearMonth.from(row.month) : undefined;
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
  readonly lines: unknown[];
  readonly parts: z.input<typeof storedParts>;
  readonly unpriced: z.input<typeof storedUnpriced>;
}

const storedParts = z.array(billedPart);
const storedUnpriced = z.array(unpricedUsage);

function toBill(row: BillRow): BilledMonth {
  const month = Temporal.PlainYearMonth.from(row.month);
  return {
    ...{ tenant: row.tenant, month, number: row.number, billedAt: row.billed_at },
    parts: row.parts.length > 0 ? storedParts.parse(row.parts) : [onlyPart(row, month)],
    total: microYuan(row.total),
    charged: microYuan(row.charged),
    cash: microYuan(row.cash),
    backs: new Map(
      Object.entries(row.backs).map(([run, amount]) => [run as RunId, microYuan(BigInt(amount))]),
    ),
    unpriced: storedUnpriced.parse(row.unpriced),
  };
}

/** Of a month that was billed when bills had no parts. */
function onlyPart(row: BillRow, month: Temporal.PlainYearMonth): BilledPart {
  const from = month.toPlainDate({ day: 1 });
  return billedPart.parse({
    ...{ from: `${from}`, until: `${from.add({ months: 1 })}`, list: row.list },
    ...{ listRevision: row.list_revision, agreementRevision: row.agreement_revision },
    ...{ total: z.encode(billedPart.shape.total, microYuan(row.total)), lines: row.lines },
  });
}
