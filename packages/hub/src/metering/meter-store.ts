import {
  bases,
  measureOf,
  measures,
  type Attributes,
  type Meter,
  type MeterReading,
} from "@wadi/core/metering";
import type { TenantId } from "@wadi/core/units";

import { fragment, json, type Sql } from "../db/index.ts";

/** A meter as it is stored. */
export interface StoredMeter extends Meter {
  readonly id: number;
  readonly signer: string;
  readonly lastNumber: bigint;
  readonly lastTo: Temporal.Instant;
  readonly kept: bigint;
}

/** Where a meter's readings stand. */
export interface MeterHead {
  readonly id: number;
  lastNumber: bigint;
  lastTo: Temporal.Instant;
  kept: bigint;
}

/** Makes those of the signer's meters that are not there yet. */
export async function insertMeters(
  sql: Sql,
  signer: string,
  { meters, madeAt }: { meters: readonly Meter[]; madeAt: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into meters (signer, source, tenant, resource, measure, basis, attributes, made_at)
    select ${signer}, source, tenant, resource, measure, basis, attributes, ${madeAt}
    from unnest(
      ${meters.map(({ source }) => source)}::text[],
      ${meters.map(({ tenant }) => tenant)}::text[],
      ${meters.map(({ resource }) => resource)}::text[],
      ${meters.map(({ measure }) => measures[measure].number)}::smallint[],
      ${meters.map(({ basis }) => bases.indexOf(basis))}::smallint[],
      ${meters.map(({ attributes }) => json(attributes))}::jsonb[])
      as given (source, tenant, resource, measure, basis, attributes)
    order by source, tenant, resource, measure, basis, attributes
    on conflict do nothing`;
}

/** The signer's meters of these sources and things: those that are there, and maybe others. */
export async function findMeters(
  sql: Sql,
  signer: string,
  meters: readonly Meter[],
): Promise<StoredMeter[]> {
  const rows = await sql<MeterRow>`
    select meters.* from meters join (
      select distinct source, resource from unnest(
        ${meters.map(({ source }) => source)}::text[],
        ${meters.map(({ resource }) => resource)}::text[]) as given (source, resource)) given
      using (source, resource)
    where signer = ${signer}`;
  return rows.map(toMeter);
}

/** Locks meters, in the order of their ids, so that two batches cannot wait for each other. */
export function lockMeters(sql: Sql, ids: readonly number[]): Promise<MeterHead[]> {
  return sql<MeterHead>`
    select id, last_number as "lastNumber", last_to as "lastTo", kept from meters
    where id = any(${ids}::int[]) order by id for update`;
}

export async function saveHeads(sql: Sql, heads: readonly MeterHead[]): Promise<void> {
  await sql`
    update meters set last_number = head.last_number, last_to = head.last_to, kept = head.kept
    from unnest(
      ${heads.map(({ id }) => id)}::int[],
      ${heads.map(({ lastNumber }) => lastNumber)}::bigint[],
      ${heads.map(({ lastTo }) => lastTo)}::timestamptz[],
      ${heads.map(({ kept }) => kept)}::bigint[]) as head (id, last_number, last_to, kept)
    where meters.id = head.id`;
}

/** A reading of a meter that is stored. */
export interface KeptReading extends MeterReading {
  readonly meter: number;
}

export async function insertMeterReadings(
  sql: Sql,
  readings: readonly KeptReading[],
  receivedAt: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into meter_readings (from_at, to_at, quantity, received_at, number, meter, revision)
    select timestamptz 'epoch' + from_us * interval '1 microsecond',
      timestamptz 'epoch' + to_us * interval '1 microsecond', quantity, ${receivedAt}, number,
      meter, revision
    from unnest(
      ${readings.map(({ from }) => microseconds(from))}::bigint[],
      ${readings.map(({ to }) => microseconds(to))}::bigint[],
      ${readings.map(({ quantity }) => quantity)}::bigint[],
      ${readings.map(({ number }) => number)}::bigint[],
      ${readings.map(({ meter }) => meter)}::int[],
      ${readings.map(({ revision }) => revision)}::smallint[])
      as given (from_us, to_us, quantity, number, meter, revision)`;
}

/** Since 1970, cut: as numbers they are written and read in a tenth of the time that texts take. */
const microseconds = ({ epochNanoseconds }: Temporal.Instant) => epochNanoseconds / 1000n;

/** Numbers of one meter, both included. */
export interface MeterRange {
  readonly meter: number;
  readonly least: bigint;
  readonly most: bigint;
}

/** Of each meter the readings within the range, and those of the nearest number on both sides. */
export async function meterReadingsAround(
  sql: Sql,
  ranges: readonly MeterRange[],
): Promise<KeptReading[]> {
  const rows = await sql<ReadingRow>`
    select near.* from unnest(
      ${ranges.map(({ meter }) => meter)}::int[],
      ${ranges.map(({ least }) => least)}::bigint[],
      ${ranges.map(({ most }) => most)}::bigint[]) as asked (meter, least, most),
    lateral (
      (select * from meter_readings r where r.meter = asked.meter and number < least
        order by number desc, revision desc limit 1)
      union all
      (select * from meter_readings r where r.meter = asked.meter
        and number between least and most)
      union all
      (select * from meter_readings r where r.meter = asked.meter and number = (
        select min(number) from meter_readings s where s.meter = asked.meter
          and number > most))) near`;
  return rows.map(toReading);
}

/** A reading that was put aside, as it was sent. */
export interface OddMeterReading {
  readonly why: string;
  readonly reading: Meter & MeterReading;
}

export async function insertOddMeterReadings(
  sql: Sql,
  odd: readonly OddMeterReading[],
  by: { signer: string; receivedAt: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into odd_meter_readings (signer, why, reading, received_at)
    select ${by.signer}, why, reading, ${by.receivedAt} from unnest(
      ${odd.map(({ why }) => why)}::text[],
      ${odd.map(({ reading }) => json(reading))}::json[]) as given (why, reading)`;
}

/** A page of meters by id. */
export async function listMeters(
  sql: Sql,
  page: { after: number; limit: number; withGaps: boolean },
): Promise<StoredMeter[]> {
  const only = page.withGaps ? fragment`and kept < last_number` : fragment``;
  const rows = await sql<MeterRow>`
    select * from meters where id > ${page.after} ${only} order by id limit ${page.limit}`;
  return rows.map(toMeter);
}

export async function metersOfTenant(sql: Sql, tenant: TenantId): Promise<StoredMeter[]> {
  const rows = await sql<MeterRow>`select * from meters where tenant = ${tenant} order by id`;
  return rows.map(toMeter);
}

/** The readings that count and lie within a time or reach into it; by meter and number. */
export async function meterReadingsBetween(
  sql: Sql,
  meters: readonly number[],
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<Map<number, KeptReading[]>> {
  const rows = await sql<ReadingRow>`
    select * from meter_readings r
    where meter = any(${meters}::int[]) and from_at < ${until} and to_at >= ${from}
      and not exists (select from meter_readings newer where newer.meter = r.meter
        and newer.number = r.number and newer.revision > r.revision)
    order by meter, number`;
  return Map.groupBy(rows.map(toReading), ({ meter }) => meter);
}

interface MeterRow {
  readonly id: number;
  readonly signer: string;
  readonly source: Meter["source"];
  readonly tenant: TenantId;
  readonly resource: string;
  readonly measure: number;
  readonly basis: number;
  readonly attributes: Attributes;
  readonly last_number: bigint;
  readonly last_to: Temporal.Instant;
  readonly kept: bigint;
}

const toMeter = (row: MeterRow): StoredMeter => ({
  id: row.id,
  signer: row.signer,
  source: row.source,
  tenant: row.tenant,
  resource: row.resource,
  measure: measureOf(row.measure)!,
  basis: bases[row.basis]!,
  attributes: row.attributes,
  lastNumber: row.last_number,
  lastTo: row.last_to,
  kept: row.kept,
});

interface ReadingRow {
  readonly meter: number;
  readonly number: bigint;
  readonly revision: number;
  readonly from_at: Temporal.Instant;
  readonly to_at: Temporal.Instant;
  readonly quantity: bigint;
}

const toReading = (row: ReadingRow): KeptReading => ({
  meter: row.meter,
  number: row.number,
  revision: row.revision,
  from: row.from_at,
  to: row.to_at,
  quantity: row.quantity,
});
