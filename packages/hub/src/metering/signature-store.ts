import type { CentreId, RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { hashesIn } from "./meter-key-store.ts";
import type { RunReading } from "./reading-store.ts";

/** Readings that came together and were signed as a whole, to be kept. */
export interface NewBatch {
  readonly id: string;
  readonly centre: CentreId;
  readonly signingKey: Buffer;
  readonly signature: Buffer;
  /** All that were signed, and what stands for each in the batch's tree. */
  readonly readings: readonly Pick<RunReading, "run" | "number" | "revision">[];
  readonly leaves: readonly string[];
  /** Those of them that count. */
  readonly kept: readonly RunReading[];
  readonly receivedAt: Temporal.Instant;
}

/** Keeps a signature, and where each reading stands in what was signed; the first one counts. */
export async function keepSignature(sql: Sql, batch: NewBatch): Promise<void> {
  const { id, centre, signingKey, signature, leaves, receivedAt } = batch;
  if (batch.kept.length === 0) return;
  const keyOf = ({ run, number, revision = 0 }: NewBatch["readings"][number]) =>
    `${run} ${number} ${revision}`;
  const places = new Map(batch.readings.map((reading, place) => [keyOf(reading), place]));
  await sql`
    insert into reading_batches (id, centre, signing_key, signature, leaves, received_at)
    values (${id}, ${centre}, ${signingKey}, ${signature}, ${Buffer.from(leaves.join(""), "hex")},
      ${receivedAt})`;
  await sql`
    insert into signed_readings (run, number, revision, batch, place)
    select run, number, revision, ${id}, place from unnest(
      ${batch.kept.map(({ run }) => run)}::uuid[],
      ${batch.kept.map(({ number }) => number)}::bigint[],
      ${batch.kept.map(({ revision = 0 }) => revision)}::bigint[],
      ${batch.kept.map((reading) => places.get(keyOf(reading))!)}::int[])
      as one (run, number, revision, place)
    on conflict do nothing`;
}

/** Where a reading stands in what was signed. */
export interface SignedPlace {
  readonly run: RunId;
  readonly number: number;
  readonly revision: number;
  readonly batch: string;
  readonly place: number;
}

/** Of all readings of the runs that were signed. */
export async function signedPlaces(sql: Sql, runs: readonly RunId[]): Promise<SignedPlace[]> {
  const rows = await sql<Omit<SignedPlace, "number" | "revision"> & Numbers>`
    select run, number, revision, batch, place from signed_readings
    where run = any(${runs}::uuid[]) order by run, number, revision`;
  return rows.map((row) => ({
    ...row,
    number: Number(row.number),
    revision: Number(row.revision),
  }));
}

interface Numbers {
  readonly number: bigint;
  readonly revision: bigint;
}

/** A batch as it was signed. */
export interface StoredBatch {
  readonly id: string;
  readonly centre: CentreId;
  readonly signingKey: Buffer;
  readonly signature: Buffer;
  readonly leaves: readonly string[];
}

/** The batches, by id. */
export async function readBatches(sql: Sql, ids: readonly string[]): Promise<StoredBatch[]> {
  const rows = await sql<Omit<StoredBatch, "leaves"> & { readonly leaves: Buffer }>`
    select id, centre, signing_key as "signingKey", signature, leaves from reading_batches
    where id = any(${ids}::uuid[]) order by id`;
  return rows.map((row) => ({ ...row, leaves: hashesIn(row.leaves) }));
}
