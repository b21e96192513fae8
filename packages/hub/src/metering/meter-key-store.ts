import type { SourceId } from "@wadi/core/metering";

import type { Sql } from "../db/index.ts";
import type { KeptReading } from "./meter-store.ts";

/** What a source's readings are signed with. */
export interface MeterKey {
  readonly signer: string;
  readonly source: SourceId;
  /** Ed25519, raw. */
  readonly signingKey: Buffer;
  readonly madeAt: Temporal.Instant;
}

/** The first one of a source stays, and is what comes back. */
export async function insertMeterKey(
  sql: Sql,
  { signer, source, signingKey, madeAt }: MeterKey,
  madeBy: string,
): Promise<{ readonly key: MeterKey; readonly isNew: boolean }> {
  const made = await sql`
    insert into meter_keys (signer, source, signing_key, made_at, made_by)
    values (${signer}, ${source}, ${signingKey}, ${madeAt}, ${madeBy})
    on conflict do nothing returning source`;
  const keys = await meterKeysOf(sql, signer);
  return { key: keys.find((one) => one.source === source)!, isNew: made.length > 0 };
}

/** Of all sources of a signer that sign. */
export const meterKeysOf = (sql: Sql, signer: string): Promise<MeterKey[]> =>
  sql<MeterKey>`
    select signer, source, signing_key as "signingKey", made_at as "madeAt"
    from meter_keys where signer = ${signer}`;

/** A source's readings that were signed together, to be kept. */
export interface NewMeterBatch {
  readonly id: string;
  readonly signer: string;
  readonly source: SourceId;
  readonly signature: Buffer;
  /** Of all that were signed, in their order. */
  readonly leaves: readonly string[];
  /** Those of them that count, and where each stands. */
  readonly kept: readonly (Pick<KeptReading, "meter" | "number" | "revision"> & {
    readonly place: number;
  })[];
  readonly receivedAt: Temporal.Instant;
}

/** Keeps a signature, and where each reading stands in what was signed. */
export async function keepMeterBatch(sql: Sql, batch: NewMeterBatch): Promise<void> {
  const { id, signer, source, signature, leaves, kept, receivedAt } = batch;
  await sql`
    insert into meter_batches (id, signer, source, signature, leaves, received_at)
    values (${id}, ${signer}, ${source}, ${signature}, ${Buffer.from(leaves.join(""), "hex")},
      ${receivedAt})`;
  await sql`
    insert into signed_meter_readings (meter, number, revision, batch, place)
    select meter, number, revision, ${id}, place from unnest(
      ${kept.map(({ meter }) => meter)}::int[],
      ${kept.map(({ number }) => number)}::bigint[],
      ${kept.map(({ revision }) => revision)}::smallint[],
      ${kept.map(({ place }) => place)}::int[]) as one (meter, number, revision, place)`;
}

/** Where a reading of a meter stands in what was signed. */
export interface SignedMeterPlace {
  readonly meter: number;
  readonly number: bigint;
  readonly revision: number;
  readonly batch: string;
  readonly place: number;
}

/** A batch as it was signed. */
export interface StoredMeterBatch extends Omit<MeterKey, "madeAt"> {
  readonly id: string;
  readonly signature: Buffer;
  readonly leaves: readonly string[];
}

/** The batches, by id. */
export async function readMeterBatches(
  sql: Sql,
  ids: readonly string[],
): Promise<StoredMeterBatch[]> {
  const rows = await sql<Omit<StoredMeterBatch, "leaves"> & { readonly leaves: Buffer }>`
    select id, signer, source, signature, leaves, signing_key as "signingKey"
    from meter_batches join meter_keys using (signer, source)
    where id = any(${ids}::uuid[]) order by id`;
  return rows.map((row) => ({ ...row, leaves: hashesIn(row.leaves) }));
}

/** Hashes of 32 bytes, side by side. */
export function hashesIn(bytes: Buffer): string[] {
  const hex = bytes.toString("hex");
  return Array.from({ length: hex.length / 64 }, (_, i) => hex.slice(i * 64, (i + 1) * 64));
}
