import type { FocusCharge } from "@wadi/core/settlement";
import {
  cardSeconds,
  microYuan,
  type CardModelId,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import type { Month } from "./month-store.ts";

/** Who was charged anything in a month, or got anything back, by id. */
export function tenantsOf(
  sql: Sql,
  { from, until }: Pick<Month, "from" | "until">,
): Promise<{ tenant: TenantId; name: string }[]> {
  return sql<{ tenant: TenantId; name: string }>`
    with recursive charged (tenant) as (
      (select tenant from charges order by tenant limit 1)
      union all
      select (select c.tenant from charges c where c.tenant > charged.tenant
        order by c.tenant limit 1)
      from charged where tenant is not null),
    back as (
      select tenant from disputes
      where outcome = 'tenant' and ended_at >= ${from} and ended_at < ${until}
      union
      select tenant from charge_corrections
      where corrected_at >= ${from} and corrected_at < ${until}
      union
      select tenant from billed_months where billed_at >= ${from} and billed_at < ${until})
    select tenant, coalesce(name, tenant) as name
    from (select tenant from charged where exists (select from charges c
        where c.tenant = charged.tenant and c.charged_at >= ${from} and c.charged_at < ${until})
      union select tenant from back) as all_of_them
    left join tenants on id = tenant order by tenant`;
}

export interface ChargePlace {
  readonly chargedAt: Temporal.Instant;
  readonly run: RunId;
}

type StoredFocusCharge = Omit<FocusCharge, "account" | "invoice" | "paidTo"> &
  ChargePlace & { readonly provider: ProviderId };

/** A tenant's charges of a month, from a place on, in the order the hub knew of them. */
export async function chargesOfTenant(
  sql: Sql,
  of: { tenant: TenantId; month: Pick<Month, "until">; after: ChargePlace; limit: number },
): Promise<StoredFocusCharge[]> {
  const { tenant, month, after, limit } = of;
  const rows = await sql<ChargeRow>`
    select c.run, c.charged_at as "chargedAt", c.ended_at as "endedAt", c.held_ms as "heldMs",
      c.provider, coalesce(p.name, c.provider) as publisher, c.pool, c.model,
      c.card_seconds as seconds,
      c.price, c.voucher, c.cash, c.programme, c.emulated, o.centre, s.spec->>'place' as place
    from charges c
    left join providers p on p.id = c.provider
    left join pools o on o.id = c.pool
    left join centres s on s.id = o.centre
    where c.tenant = ${tenant} and c.charged and c.charged_at < ${month.until}
      and (c.charged_at, c.run) > (${after.chargedAt}::timestamptz, ${after.run}::uuid)
    order by c.charged_at, c.run limit ${limit}`;
  return rows.map(({ endedAt, heldMs, seconds, centre, place, cash, ...row }) => ({
    ...row,
    from: endedAt.subtract({ milliseconds: Number(heldMs) }),
    until: endedAt,
    region: centre === null || place === null ? null : { place, centre },
    cardSeconds: cardSeconds(seconds),
    price: microYuan(BigInt(row.price)),
    charge: microYuan(row.voucher + cash),
    voucher: microYuan(row.voucher),
  }));
}

interface ChargeRow {
  readonly run: RunId;
  readonly chargedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant;
  readonly heldMs: bigint;
  readonly provider: ProviderId;
  readonly publisher: string;
  readonly pool: string;
  readonly model: CardModelId;
  readonly seconds: bigint;
  readonly price: string;
  readonly voucher: bigint;
  readonly cash: bigint;
  readonly programme: ProgrammeId | null;
  readonly emulated: boolean;
  readonly centre: string | null;
  readonly place: string | null;
}

/** A dispute that ended for the tenant, and the charge that it was about. */
export interface GivenBack {
  readonly at: Temporal.Instant;
  readonly publisher: string;
  readonly reason: string;
  readonly amount: MicroYuan;
  readonly run: RunId | null;
  /** Of the run; null where the dispute names none. */
  readonly chargedAt: Temporal.Instant | null;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
}

export async function givenBackTo(
  sql: Sql,
  { tenant, month: { from, until } }: { tenant: TenantId; month: Pick<Month, "from" | "until"> },
): Promise<GivenBack[]> {
  const rows = await sql<Omit<GivenBack, "amount" | "voucher" | "cash"> & Amounts>`
    select d.ended_at as at, coalesce(p.name, d.provider) as publisher, d.reason, d.amount, d.run,
      c.charged_at as "chargedAt", coalesce(c.voucher, 0) as voucher, coalesce(c.cash, 0) as cash
    from disputes d left join charges c on c.run = d.run left join providers p on p.id = d.provider
    where d.tenant = ${tenant} and d.outcome = 'tenant'
      and d.ended_at >= ${from} and d.ended_at < ${until}
    order by d.ended_at, d.id`;
  return rows.map(({ amount, voucher, cash, ...row }) => {
    return {
      ...row,
      amount: microYuan(amount),
      voucher: microYuan(voucher),
      cash: microYuan(cash),
    };
  });
}

interface Amounts {
  readonly amount: bigint;
  readonly voucher: bigint;
  readonly cash: bigint;
}

/** What a correction of a charge changed in what the tenant pays itself. */
export interface CorrectedCash {
  readonly at: Temporal.Instant;
  readonly run: RunId;
  readonly publisher: string;
  /** Of the charge that was corrected. */
  readonly chargedAt: Temporal.Instant;
  readonly change: MicroYuan;
}

/** Of a tenant's charges, in the order the corrections were made. */
export async function correctionsFor(
  sql: Sql,
  { tenant, month: { from, until } }: { tenant: TenantId; month: Pick<Month, "from" | "until"> },
): Promise<CorrectedCash[]> {
  const rows = await sql<Omit<CorrectedCash, "change"> & { change: bigint }>`
    select k.corrected_at as at, k.run, coalesce(p.name, k.provider) as publisher,
      c.charged_at as "chargedAt", k.cash - coalesce(before.cash, c.cash) as change
    from charge_corrections k
    join charges c on c.run = k.run
    left join charge_corrections before
      on before.run = k.run and before.correction = k.correction - 1
    left join providers p on p.id = k.provider
    where k.tenant = ${tenant} and k.corrected_at >= ${from} and k.corrected_at < ${until}
    order by k.corrected_at, k.run, k.correction`;
  return rows.map(({ change, ...row }) => ({ ...row, change: microYuan(change) }));
}
