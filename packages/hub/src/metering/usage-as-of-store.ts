import type { Sql } from "../db/index.ts";
import type { SignedMeterPlace } from "./meter-key-store.ts";
import type { KeptReading } from "./meter-store.ts";

/** Readings that lie within a time or reach into it, as they were known at an instant. */
export interface ReadingsAsOf {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly at: Temporal.Instant;
}

/** Those that counted then, by meter and number. */
export async function meterReadingsAsOf(
  sql: Sql,
  meters: readonly number[],
  { from, until, at }: ReadingsAsOf,
): Promise<Map<number, KeptReading[]>> {
  const rows = await sql<KeptReading>`
    select meter, number, revision, from_at as "from", to_at as "to", quantity
    from meter_readings r
    where meter = any(${meters}::int[]) and from_at < ${until} and to_at >= ${from}
      and received_at <= ${at}
      and not exists (select from meter_readings newer where newer.meter = r.meter
        and newer.number = r.number and newer.revision > r.revision
        and newer.received_at <= ${at})
    order by meter, number`;
  return Map.groupBy(rows, ({ meter }) => meter);
}

/** Where the readings of a time stand in what was signed; those that nobody signed are left out. */
export const signedMeterPlaces = (
  sql: Sql,
  meters: readonly number[],
  { from, until }: Pick<ReadingsAsOf, "from" | "until">,
): Promise<SignedMeterPlace[]> =>
  sql<SignedMeterPlace>`
    select meter, number, revision, batch, place
    from signed_meter_readings join meter_readings using (meter, number, revision)
    where meter = any(${meters}::int[]) and from_at < ${until} and to_at >= ${from}`;
