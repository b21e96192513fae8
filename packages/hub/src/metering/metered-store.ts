import { bases, measureOf, measures, type Basis, type Measure } from "@wadi/core/metering";
import type { TenantId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";
import type { TenantTime } from "./usage-of-tenant.ts";

/** What a tenant's meters counted of one measure within a time. */
export interface MeteredUsage {
  readonly tenant: TenantId;
  readonly measure: Measure;
  readonly basis: Basis;
  /** From the first such use up to the end of the last, within the time. */
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** In steps of the measure. */
  readonly quantity: bigint;
}

/** Tenants that have a meter, by id. */
export async function meteredTenants(sql: Sql): Promise<TenantId[]> {
  const rows = await sql<{ tenant: TenantId }>`select distinct tenant from meters order by tenant`;
  return rows.map(({ tenant }) => tenant);
}

/** What a run's charge pays for: a run has its host's cores and memory with its cards. */
const paidByCharge = (["card-seconds", "work", "cpu", "memory"] as const).map(
  (measure) => measures[measure].number,
);

/**
 * Sums of what meters counted within times, each time by itself; by tenant, time, measure and
 * basis. What a run's charge pays for is left out. A reading that reaches over an end counts by
 * its part of the time, rounded as it is when it is rated. Of a reading the last revision counts:
 * those are few, so they are gathered first, where looking for a later one of each would take long.
 */
export async function sumMetered(sql: Sql, times: readonly TenantTime[]): Promise<MeteredUsage[]> {
  const rows = await sql<MeteredRow>`
    with times as (
      select * from unnest(
        ${times.map(({ tenant }) => tenant)}::text[],
        ${times.map(({ from }) => from)}::timestamptz[],
        ${times.map(({ until }) => until)}::timestamptz[]) as one (tenant, starts_at, ends_at)),
    open as (
      select id, tenant, measure, basis, starts_at, ends_at from meters join times using (tenant)
      where not (resource like 'run/%' and measure = any(${paidByCharge}::smallint[]))),
    revised as (
      select meter, number, max(revision) as revision from meter_readings
      where revision > 0 group by meter, number),
    cut as (
      select open.*, greatest(from_at, starts_at) as from_at, least(to_at, ends_at) as to_at,
        case when from_at >= starts_at and to_at <= ends_at then quantity
          else ${upTo("to")} - ${upTo("from")} end as quantity
      from open join meter_readings r on r.meter = open.id
        and from_at < ends_at and (to_at > starts_at or from_at >= starts_at)
      left join revised on revised.meter = r.meter and revised.number = r.number
      where r.revision = coalesce(revised.revision, 0))
    select tenant, measure, basis, min(from_at) as "from", max(to_at) as "to",
      sum(quantity)::text as quantity
    from cut group by tenant, starts_at, measure, basis having sum(quantity) > 0
    order by tenant, starts_at, measure, basis`;
  return rows.map((row) => ({
    ...row,
    measure: measureOf(row.measure)!,
    basis: bases[row.basis]!,
    quantity: BigInt(row.quantity),
  }));
}

/** How much of a reading had passed where its part of the time begins or ends. */
const upTo = (end: "from" | "to") => {
  const at =
    end === "to" ? fragment`least(to_at, ends_at)` : fragment`greatest(from_at, starts_at)`;
  return fragment`case when ${at} = to_at then quantity else div(
    quantity * extract(epoch from ${at} - from_at), extract(epoch from to_at - from_at)) end`;
};

interface MeteredRow extends Omit<MeteredUsage, "measure" | "basis" | "quantity"> {
  readonly measure: number;
  readonly basis: number;
  readonly quantity: string;
}
