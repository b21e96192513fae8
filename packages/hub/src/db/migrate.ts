import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Client } from "pg";

import { connectClient } from "./connection.ts";

/** A numbered SQL file, `0007-name-of-it.sql`: run once, in order, never edited once merged. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, line ends as on Unix. */
  readonly sha256: string;
}

/** A database that does not fit this code; nothing was changed. The message says what to do. */
export class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";
}

const ownMigrations = path.join(import.meta.dirname, "migrations");

/**
 * Brings the database up to date. Each migration is a transaction of its own; hubs that start at
 * the same time wait for each other; nothing is ever undone.
 * @returns the migrations that were run, which is none when it was up to date
 * @throws SchemaMismatch when a migration was edited or removed since, or the database is newer
 *   than this code; Error, with the file's name, when one fails: those before it stand
 */
export async function migrate(
  url: string,
  options: { readonly folder?: string; readonly onMigration?: (migration: Migration) => void } = {},
): Promise<readonly Migration[]> {
  const all = await readMigrations(options.folder);
  const client = await connectClient(url);
  try {
    const done: Migration[] = [];
    for (;;) {
      const next = await runNext(client, all, options.onMigration);
      if (!next) return done;
      done.push(next);
    }
  } finally {
    await client.end();
  }
}

/**
 * The migrations of a folder, in order.
 * @throws Error on a wrong name, a gap or a repeated number
 */
export async function readMigrations(folder = ownMigrations): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(folder, file)));
  for (const [i, { version, name }] of migrations.entries()) {
    if (version === i + 1) continue;
    const wanted = String(i + 1).padStart(4, "0");
    throw new Error(`migration ${name}: the next number is ${wanted}; no gaps, none twice`);
  }
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const [, digits] = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file) ?? [];
  if (!digits) throw new Error(`migration ${file}: its name must look like 0007-name-of-it.sql`);
  const text = (await readFile(path.join(folder, file), "utf8")).replaceAll("\r\n", "\n");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { version: Number(digits), name: path.basename(file, ".sql"), text, sha256 };
}

/** Runs the first migration that is still to be run, if there is one. */
async function runNext(
  client: Client,
  all: readonly Migration[],
  onMigration?: (migration: Migration) => void,
): Promise<Migration | undefined> {
  await client.query("begin");
  try {
    await lockMigrations(client);
    const applied = await appliedMigrations(client);
    assertSameHistory(all, applied);
    const next = all[applied.length];
    if (next) {
      onMigration?.(next);
      await applyMigration(client, next);
    }
    await client.query("commit");
    return next;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // the connection may be what failed
    throw error;
  }
}

/**
 * "wadi" in ASCII. Held to the transaction's end, by whoever changes the schema of this database.
 */
export const migrationsLock = 0x77616469;

/** Keeps others from changing the schema until the transaction ends; waits for whoever does now. */
export async function lockMigrations(client: Client): Promise<void> {
  await client.query("set local statement_timeout = 0");
  await client.query("set local idle_in_transaction_session_timeout = 0");
  await client.query("select pg_advisory_xact_lock($1)", [migrationsLock]);
  await client.query(`
    create table if not exists schema_migrations (
      version int primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default clock_timestamp())`);
}

/** What has been run on this database, in order. */
export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

export async function appliedMigrations(client: Client): Promise<readonly Applied[]> {
  const { rows } = await client.query<Applied>(
    "select version, name, sha256 from schema_migrations order by version",
  );
  return rows;
}

/**
 * @param whose  "the database" or "the backup", for the message
 * @throws SchemaMismatch unless what was applied is a beginning of what this code has
 */
export function assertSameHistory(
  all: readonly Migration[],
  applied: readonly Applied[],
  whose = "the database",
): void {
  for (const [i, was] of applied.entries()) {
    const is = all[i];
    if (!is) {
      throw new SchemaMismatch(
        `${whose} is newer than this code: it has migration ${was.name}, the code ends at ` +
          `${all.at(-1)?.name ?? "none"}. Start a version of the hub that is at least as new`,
      );
    }
    if (was.version !== is.version || was.name !== is.name) {
      throw new SchemaMismatch(
        `${whose} has migration ${was.name} where this code has ${is.name}: a migration was ` +
          "removed or renamed after it had been run. Restore its file",
      );
    }
    if (was.sha256 !== is.sha256) {
      throw new SchemaMismatch(
        `migration ${is.name} was edited after it had been run on ${whose}. Restore its text and ` +
          "put the change into a new migration",
      );
    }
  }
}

/** Runs one migration and writes it down, inside the caller's transaction. */
export async function applyMigration(client: Client, migration: Migration): Promise<void> {
  const { version, name, text, sha256 } = migration;
  const before = await transactionId(client);
  try {
    await client.query(text);
  } catch (cause) {
    throw new Error(`migration ${name}: ${(cause as Error).message}`, { cause });
  }
  if ((await transactionId(client)) !== before) {
    throw new Error(`migration ${name} must not begin or commit a transaction: it runs in one`);
  }
  await client.query("insert into schema_migrations (version, name, sha256) values ($1, $2, $3)", [
    version,
    name,
    sha256,
  ]);
}

async function transactionId(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>("select pg_current_xact_id()::text as id");
  return rows[0]!.id;
}
