import { bases, measures } from "@wadi/core/metering";
import type { CardSeconds, ProgrammeId, RunId, TenantId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";

/**
 * For each row of `paid`, which has a `run`: how many of its card-seconds were used, as its last
 * reading says; where readings do not say, as meters of the run do. Null: nobody says. Rounded
 * down, as what was allocated is rounded up.
 */
const used = fragment`
  left join lateral (
    select busy_ms from (
      (select number, 0 as revision, busy_ms from readings
        where readings.run = paid.run order by number desc limit 1)
      union all
      (select number, revision, busy_ms from later_readings
        where later_readings.run = paid.run order by number desc, revision desc limit 1)) ends
    order by number desc, revision desc limit 1) read on true
  left join lateral (
    select case when count(*) > 0 then least(sum(quantity), ${2n ** 62n})::bigint end as quantity
    from meters join meter_readings r on r.meter = meters.id
    where read.busy_ms is null and resource = 'run/' || paid.run
      and measure = ${measures["card-seconds"].number} and basis = ${bases.indexOf("used")}
      and not exists (select from meter_readings newer where newer.meter = r.meter
        and newer.number = r.number and newer.revision > r.revision)) metered on true
  cross join lateral (select coalesce(read.busy_ms / 1000, metered.quantity) as seconds) used`;

/** Card-seconds of runs that were used; runs of which nobody says it are left out. */
export async function usedCardSeconds(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, CardSeconds>> {
  const rows = await sql<{ run: RunId; seconds: CardSeconds }>`
    select paid.run, used.seconds from unnest(${runs}::uuid[]) as paid (run) ${used}
    where used.seconds is not null`;
  return new Map(rows.map(({ run, seconds }) => [run, seconds]));
}

/** Which paid runs are looked at. */
export interface PaidRuns {
  /** Those that its vouchers paid a part of; null: all. */
  readonly programme: ProgrammeId | null;
  /** Charged from then on. */
  readonly since: Temporal.Instant;
}

/** As many paid runs as are looked at, the latest ones. */
const runsMax = 100_000;

/** The latest paid runs that held whole cards. */
const paidRuns = ({ programme, since }: PaidRuns) => fragment`
  select * from charges
  where charged and card_share = 1000 and card_seconds > 0
    and voucher + cash > 0 and charged_at >= ${since}
    ${programme === null ? fragment`` : fragment`and programme = ${programme} and voucher > 0`}
  order by charged_at desc, run limit ${runsMax}`;

/** Card time of one tenant in one month, of those runs of which it is known how much was used. */
export interface UsedTime {
  readonly tenant: TenantId;
  /** "2026-11", by when runs ended. */
  readonly month: string;
  readonly allocated: CardSeconds;
  /** Of no run more than was allocated to it. */
  readonly used: CardSeconds;
}

/** By tenant and month. */
export function usedByMonth(
  sql: Sql,
  { timeZone, ...runs }: PaidRuns & { readonly timeZone: string },
): Promise<UsedTime[]> {
  return sql<UsedTime>`
    select tenant, to_char(ended_at at time zone ${timeZone}, 'YYYY-MM') as month,
      sum(card_seconds)::bigint as allocated,
      sum(least(used.seconds, card_seconds))::bigint as used
    from (${paidRuns(runs)}) paid ${used}
    where used.seconds is not null
    group by 1, 2 order by 1, 2`;
}

/** A card, by its serial number, that a paid run held. */
export interface PaidCard {
  readonly run: RunId;
  /** Whose vouchers paid a part of it. */
  readonly programme: ProgrammeId | null;
  readonly centre: string;
  readonly provider: string;
  readonly serial: string;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/** And of those no more than hold so many cards together, each run's counted once. */
const cardsMax = 1_000_000;

/**
 * Cards that a paid run held while another one held a card of the same number, by number and time:
 * what overlaps with something, for somebody to say with what.
 */
export function cardsHeldTwice(sql: Sql, runs: PaidRuns): Promise<PaidCard[]> {
  return sql<PaidCard>`
    with placed as (
      select paid.run, case when paid.voucher > 0 then paid.programme end as programme,
        paid.provider, ran.centre, ran.slots,
        sum(cardinality(ran.slots)) over (order by paid.charged_at desc, paid.run) as cards
      from (${paidRuns(runs)}) paid join runs ran on ran.id = paid.run
      where ran.slots is not null),
    held as (
      select run, programme, placed.centre, provider, card.serial,
        greatest(span.from_at, card.from_at) as from_at, least(span.to_at, card.until_at) as to_at
      from placed
      cross join lateral (
        select min(from_at) as from_at, max(to_at) as to_at from readings
        where readings.run = placed.run) span
      cross join lateral unnest(slots) as held_slot
      join card_serials card on card.centre = placed.centre and card.slot = held_slot
        and card.from_at < span.to_at and (card.until_at is null or card.until_at > span.from_at)
      where cards <= ${cardsMax}),
    beside as (
      select held.*, max(to_at) over (earlier rows between unbounded preceding and 1 preceding)
        as ended_before, lead(from_at) over earlier as begins_next
      from held window earlier as (partition by serial order by from_at, run))
    select run, programme, centre, provider, serial, from_at as "from", to_at as "to"
    from beside where ended_before > from_at or begins_next < to_at
    order by serial, from_at, run`;
}
