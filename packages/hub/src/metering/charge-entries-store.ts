import type { ProgrammeId } from "@wadi/core/units";

import { fragment, type Fragment, type Sql } from "../db/index.ts";

/**
 * What the charges of a time are, entry by entry, to be selected from as `entry`: each charge that
 * the hub came to know of in it, and what each correction of a charge changed in it, below zero
 * where it gave back. Every entry lies in exactly one of times that follow one another.
 */
export const chargeEntries = (of: {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
}): Fragment => fragment`(
  select run, 0 as correction, tenant, provider, pool, model, programme, card_seconds, voucher,
    cash, fee, price, card_seconds as priced_seconds
  from charges where charged and charged_at >= ${of.from} and charged_at < ${of.until}
  union all
  select k.run, k.correction, k.tenant, k.provider, c.pool, c.model, c.programme,
    k.card_seconds - coalesce(k.seconds_before, c.card_seconds),
    k.voucher - coalesce(k.voucher_before, c.voucher), k.cash - coalesce(k.cash_before, c.cash),
    k.fee - coalesce(k.fee_before, c.fee), k.price, k.card_seconds
  from (select *, lag(card_seconds) over before as seconds_before,
      lag(voucher) over before as voucher_before, lag(cash) over before as cash_before,
      lag(fee) over before as fee_before
    from charge_corrections
    where run in (select run from charge_corrections
      where corrected_at >= ${of.from} and corrected_at < ${of.until})
    window before as (partition by run order by correction)) k
  join charges c on c.run = k.run
  where k.corrected_at >= ${of.from} and k.corrected_at < ${of.until}) as entry`;

/** Card-seconds of runs that a programme's vouchers paid a part of, as they were first charged. */
export async function cardSecondsPaid(sql: Sql, programme: ProgrammeId): Promise<bigint> {
  const [row] = await sql<{ seconds: bigint }>`
    select coalesce(sum(card_seconds), 0)::bigint as seconds
    from charges where programme = ${programme} and voucher > 0`;
  return row!.seconds;
}
