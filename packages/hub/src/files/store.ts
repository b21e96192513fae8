import type { Sql } from "../db/index.ts";

/** Whose file it is: a tenant that uploaded it, or a centre where a run left it. */
export type FileOwner = `tenant/${string}` | `centre/${string}`;

export interface StoredFile {
  readonly sha256: string;
  /** Names its pieces. */
  readonly body: string;
  readonly bytes: bigint;
}

export async function beginBody(sql: Sql, body: string, at: Temporal.Instant): Promise<void> {
  await sql`insert into file_bodies (id, begun_at) values (${body}, ${at})`;
}

export async function insertPiece(
  sql: Sql,
  piece: { readonly body: string; readonly number: number; readonly data: Uint8Array },
): Promise<void> {
  await sql`
    insert into file_pieces (body, number, data)
    values (${piece.body}, ${piece.number}, ${piece.data})`;
}

/** @returns the piece of that number; undefined after the last */
export async function readPiece(
  sql: Sql,
  at: { readonly body: string; readonly number: number },
): Promise<Buffer | undefined> {
  const [row] = await sql<{ data: Buffer }>`
    select data from file_pieces where body = ${at.body} and number = ${at.number}`;
  return row?.data;
}

/** @returns whether it is new; when not, its content is there under another body */
export async function insertFile(
  sql: Sql,
  file: StoredFile & { readonly at: Temporal.Instant },
): Promise<boolean> {
  const inserted = await sql`
    insert into files (sha256, body, bytes, stored_at)
    values (${file.sha256}, ${file.body}, ${file.bytes}, ${file.at}) on conflict do nothing`;
  return inserted.count > 0;
}

export async function insertOwner(
  sql: Sql,
  { owner, sha256, at }: { owner: FileOwner; sha256: string; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into file_owners (owner, sha256, since) values (${owner}, ${sha256}, ${at})
    on conflict do nothing`;
}

/** Removes content that became no file, its pieces with it. */
export async function removeBodies(sql: Sql, bodies: readonly string[]): Promise<void> {
  await sql`delete from file_bodies where id = any(${bodies}::uuid[])`;
}

/** Content begun before `before` that never became a file: its sender went away. */
export async function readAbandoned(sql: Sql, before: Temporal.Instant): Promise<string[]> {
  const rows = await sql<{ id: string }>`
    select id from file_bodies where begun_at < ${before}
      and not exists (select from files where body = file_bodies.id)
    order by id limit 1000`;
  return rows.map(({ id }) => id);
}

export async function readFile(sql: Sql, sha256: string): Promise<StoredFile | undefined> {
  const [row] =
    await sql<StoredFile>`select sha256, body, bytes from files where sha256 = ${sha256}`;
  return row;
}

/** Those of the files that the owner has. */
export async function readOwned(
  sql: Sql,
  { owner, files }: { owner: FileOwner; files: readonly string[] },
): Promise<Set<string>> {
  const rows = await sql<{ sha256: string }>`
    select sha256 from file_owners where owner = ${owner} and sha256 = any(${files}::text[])`;
  return new Set(rows.map(({ sha256 }) => sha256));
}
