import type { PoolId, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";

import { fragment, type Fragment, type Sql } from "../db/index.ts";
import type { Period } from "./period.ts";

/** Whose charges: a tenant's, a provider's, or those that a fund's programmes paid a part of. */
export type ChargesOf =
  | { readonly tenant: TenantId }
  | { readonly provider: ProviderId }
  | { readonly programmes: readonly ProgrammeId[] };

/** All charges of a day that are alike but for their amounts. */
export interface DailyCharges {
  readonly tenant: TenantId;
  readonly programme: ProgrammeId | null;
  readonly pool: PoolId;
  readonly emulated: boolean;
  readonly charged: boolean;
  readonly runs: bigint;
  /** When the hub knew of the last of them. */
  readonly knownAt: Temporal.Instant;
  readonly cardSeconds: string;
  /** Null where the nameplate of one of them is unknown. */
  readonly work: string | null;
  readonly voucher: string;
  readonly cash: string;
  readonly fee: string;
}

/** By day of a time zone, tenant, pool and programme; in time order. */
export function dailyCharges(
  sql: Sql,
  ask: { of: ChargesOf; period: Pick<Period, "from" | "until">; timeZone: string; limit: number },
): Promise<DailyCharges[]> {
  const { of, period, timeZone, limit } = ask;
  return sql<DailyCharges>`
    select tenant, programme, pool, emulated, charged, count(*) as runs,
      max(charged_at) as "knownAt", sum(card_seconds)::text as "cardSeconds",
      case when bool_and(peak is not null)
        then sum(card_seconds::numeric * peak)::text end as work,
      sum(voucher)::text as voucher, sum(cash)::text as cash, sum(fee)::text as fee
    from charges
    where ${whose(of)} and charged_at >= ${period.from} and charged_at < ${period.until}
    group by (charged_at at time zone ${timeZone}::text)::date, tenant, programme, pool, emulated,
      charged
    order by max(charged_at), tenant, pool limit ${limit}`;
}

function whose(of: ChargesOf): Fragment {
  if ("tenant" in of) return fragment`tenant = ${of.tenant}`;
  if ("provider" in of) return fragment`provider = ${of.provider}`;
  return fragment`programme = any(${of.programmes}::text[]) and voucher > 0`;
}
