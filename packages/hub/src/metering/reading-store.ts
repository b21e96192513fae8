import type { OddReason, Reading } from "@wadi/core/metering";
import { bytes, durationOf, type RunId } from "@wadi/core/units";

import { json, type Sql } from "../db/index.ts";

/** A reading of one run, with when it came in. */
export interface RunReading extends Reading {
  readonly run: RunId;
  readonly receivedAt: Temporal.Instant;
}

/** Keeps readings; one whose number is there already is left as it is. */
export async function insertReadings(sql: Sql, readings: readonly RunReading[]): Promise<void> {
  if (readings.length === 0) return;
  await sql`
    insert into readings (run, number, from_at, to_at, cards, cpu_ms, peak_memory_bytes, busy_ms,
      final, received_at)
    select * from unnest(
      ${readings.map(({ run }) => run)}::uuid[],
      ${readings.map(({ number }) => number)}::bigint[],
      ${readings.map(({ from }) => from)}::timestamptz[],
      ${readings.map(({ to }) => to)}::timestamptz[],
      ${readings.map(({ cards }) => cards)}::bigint[],
      ${readings.map(({ cpuTime }) => cpuTime)}::bigint[],
      ${readings.map(({ peakMemoryBytes }) => peakMemoryBytes)}::bigint[],
      ${readings.map(({ busyTime = null }) => busyTime)}::bigint[],
      ${readings.map(({ final }) => final)}::boolean[],
      ${readings.map(({ receivedAt }) => receivedAt)}::timestamptz[])
    on conflict (run, number) do nothing`;
}

export async function insertOddReadings(
  sql: Sql,
  odd: readonly { reading: RunReading; why: OddReason }[],
): Promise<void> {
  if (odd.length === 0) return;
  await sql`
    insert into odd_readings (run, why, reading, received_at)
    select * from unnest(
      ${odd.map(({ reading }) => reading.run)}::uuid[],
      ${odd.map(({ why }) => why)}::text[],
      ${odd.map(({ reading }) => json(reading))}::json[],
      ${odd.map(({ reading }) => reading.receivedAt)}::timestamptz[])`;
}

/** Numbers of one run, both included. */
export interface NumberRange {
  readonly run: RunId;
  readonly least: number;
  readonly most: number;
}

/** Of each run the readings within the range, and the nearest on both sides of it. */
export async function readingsAround(
  sql: Sql,
  ranges: readonly NumberRange[],
): Promise<RunReading[]> {
  const rows = await sql<ReadingRow>`
    select near.* from unnest(
      ${ranges.map(({ run }) => run)}::uuid[],
      ${ranges.map(({ least }) => least)}::bigint[],
      ${ranges.map(({ most }) => most)}::bigint[]) as asked (run, least, most),
    lateral (
      (select * from readings r where r.run = asked.run and number < least
        order by number desc limit 1)
      union all
      (select * from readings r where r.run = asked.run and number between least and most)
      union all
      (select * from readings r where r.run = asked.run and number > most
        order by number limit 1)) near`;
  return rows.map(toReading);
}

/**
 * All readings of the runs that their charges count, corrected ones and what corrects them, by run
 * and number.
 */
export async function readingsOf(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, RunReading[]>> {
  const rows = await sql<ReadingRow>`
    select run, number, 0 as revision, from_at, to_at, cards, cpu_ms, peak_memory_bytes, busy_ms,
      final, received_at
    from readings where run = any(${runs}::uuid[])
    union all
    select run, number, revision, from_at, to_at, cards, cpu_ms, peak_memory_bytes, busy_ms,
      final, received_at
    from later_readings where run = any(${runs}::uuid[]) and correction = 0
    order by run, number, revision`;
  return Map.groupBy(rows.map(toReading), ({ run }) => run);
}

/** How many readings each of the runs has; runs without any are left out. */
export async function countReadings(sql: Sql, runs: readonly RunId[]): Promise<Map<RunId, number>> {
  const rows = await sql<{ run: RunId; count: bigint }>`
    select run, count(*) as count from readings where run = any(${runs}::uuid[]) group by run`;
  return new Map(rows.map(({ run, count }) => [run, Number(count)]));
}

/** Where one reading stands among those of some runs. */
export interface ReadingPlace {
  readonly run: RunId;
  readonly number: number;
  readonly revision: number;
}

/**
 * A page of all readings of some runs, late and corrected ones too, by run, number and revision,
 * after a place in that order.
 */
export async function listReadings(
  sql: Sql,
  runs: readonly RunId[],
  { after, limit }: { after: ReadingPlace; limit: number },
): Promise<RunReading[]> {
  const rows = await sql<ReadingRow>`
    select * from (
      select run, number, 0 as revision, from_at, to_at, cards, cpu_ms, peak_memory_bytes,
        busy_ms, final, received_at
      from readings where run = any(${runs}::uuid[])
        and (run, number) >= (${after.run}::uuid, ${after.number}::bigint)
      union all
      select run, number, revision, from_at, to_at, cards, cpu_ms, peak_memory_bytes,
        busy_ms, final, received_at
      from later_readings where run = any(${runs}::uuid[])) one
    where (run, number, revision)
      > (${after.run}::uuid, ${after.number}::bigint, ${after.revision}::int)
    order by run, number, revision limit ${limit}`;
  return rows.map(toReading);
}

interface ReadingRow {
  readonly run: RunId;
  readonly number: bigint;
  readonly revision?: number;
  readonly from_at: Temporal.Instant;
  readonly to_at: Temporal.Instant;
  readonly cards: bigint;
  readonly cpu_ms: bigint;
  readonly peak_memory_bytes: bigint;
  readonly busy_ms: bigint | null;
  readonly final: boolean;
  readonly received_at: Temporal.Instant;
}

const toReading = (row: ReadingRow): RunReading => ({
  run: row.run,
  number: Number(row.number),
  ...(row.revision !== undefined && row.revision > 0 && { revision: row.revision }),
  from: row.from_at,
  to: row.to_at,
  cards: Number(row.cards),
  cpuTime: durationOf(Number(row.cpu_ms)),
  peakMemoryBytes: bytes(row.peak_memory_bytes),
  ...(row.busy_ms !== null && { busyTime: durationOf(Number(row.busy_ms)) }),
  final: row.final,
  receivedAt: row.received_at,
});
