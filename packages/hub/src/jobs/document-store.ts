import { createHash } from "node:crypto";

import type { Sql } from "../db/index.ts";

/** JSON with the name it is kept under: SHA-256 of its text. */
export interface Document {
  readonly hash: Buffer;
  readonly text: string;
}

/** Bigints inside become decimal strings, as everywhere in our JSON. */
export function documentOf(value: unknown): Document {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner,
  );
  return { hash: createHash("sha256").update(text).digest(), text };
}

/** Stores each document once; one that is there already is left as it is. In one order, so that two
 * hubs storing the same cannot wait for each other. */
export async function saveDocuments(sql: Sql, documents: readonly Document[]): Promise<void> {
  const fresh = new Map(documents.map((one) => [one.hash.toString("hex"), one]));
  if (fresh.size === 0) return;
  const sorted = [...fresh].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  await sql`
    insert into documents (hash, body)
    select * from unnest(
      ${sorted.map(({ hash }) => hash)}::bytea[], ${sorted.map(({ text }) => text)}::json[])
    on conflict (hash) do nothing`;
}

/** The documents asked for, by hash in hex. */
export async function readDocuments(
  sql: Sql,
  hashes: readonly Buffer[],
): Promise<Map<string, unknown>> {
  const rows = await sql<{ hash: Buffer; body: unknown }>`
    select hash, body from documents where hash = any(${hashes}::bytea[])`;
  return new Map(rows.map(({ hash, body }) => [hash.toString("hex"), body]));
}
