import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Client, escapeIdentifier } from "pg";

import { connectClient } from "../connection.ts";
import { sqlState } from "../errors.ts";
import {
  applyMigration,
  assertSameHistory,
  lockMigrations,
  type Migration,
  readMigrations,
  SchemaMismatch,
} from "../migrate.ts";
import {
  type ArchiveReader,
  BadBackup,
  type End,
  format,
  type Header,
  readArchive,
  type Sequence,
  type TableEnd,
  type TableStart,
} from "./archive.ts";
import type { BackupProgress } from "./backup.ts";
import { findAnyTable, readForeignKeys, readTables, readTriggers } from "./catalogue.ts";
import { copyIn } from "./copy.ts";

export interface RestoreReport {
  readonly madeAt: string;
  readonly rowsByTable: ReadonlyMap<string, number>;
  /** Migrations newer than the backup, run on its data. */
  readonly migrated: readonly string[];
}

/**
 * Fills an empty database with a backup, all of it or nothing: one transaction, in which every
 * count, every digest and every foreign key is checked. A backup of an older schema is migrated.
 * @throws BadBackup when the file is cut off or was altered; SchemaMismatch when it is newer than
 *   this code; Error when the database is not empty
 */
export async function restoreDatabase(
  url: string,
  file: string,
  options: {
    readonly onProgress?: (progress: BackupProgress) => void;
    readonly migrationsFolder?: string;
  } = {},
): Promise<RestoreReport> {
  const migrations = await readMigrations(options.migrationsFolder);
  const client = await connectClient(url);
  try {
    await client.query("begin");
    await assertEmpty(client);
    const report = await restoreFrom(file, { client, migrations, ...options });
    await client.query("commit");
    await client.query("analyze");
    return report;
  } finally {
    await client.end(); // a transaction that was not committed is rolled back
  }
}

interface Restore {
  readonly client: Client;
  readonly migrations: readonly Migration[];
  readonly onProgress?: (progress: BackupProgress) => void;
}

async function restoreFrom(file: string, restore: Restore): Promise<RestoreReport> {
  let report: RestoreReport | undefined;
  try {
    await pipeline(createReadStream(file), createGunzip(), async (chunks) => {
      report = await restoreArchive(readArchive(chunks as AsyncIterable<Buffer>), restore);
    });
  } catch (error) {
    throw inWords(error, file);
  }
  return report!;
}

async function restoreArchive(archive: ArchiveReader, restore: Restore): Promise<RestoreReport> {
  const { client, migrations, onProgress = () => {} } = restore;
  const header = (await archive.line()) as Header;
  if (header.format !== format) throw new BadBackup(`its format is not ${format}`);
  assertSameHistory(migrations, header.migrations, "the backup");

  await lockMigrations(client);
  const older = migrations.slice(0, header.migrations.length);
  for (const migration of older) await applyMigration(client, migration);
  const putBack = await clearTables(client);
  const rowsByTable = new Map<string, number>();
  let line = await archive.line();
  for (; "table" in line; line = await archive.line()) {
    const { table, rows } = await restoreTable(client, { archive, start: line as TableStart });
    rowsByTable.set(table, rows);
    onProgress({ table, rows });
  }
  if (!("sequences" in line)) throw new BadBackup("its sequences are missing");
  await restoreSequences(client, line.sequences as Sequence[]);
  await archive.finish((await archive.line()) as End);

  for (const text of putBack) await client.query(text);
  const newer = migrations.slice(older.length);
  for (const migration of newer) await applyMigration(client, migration);
  return { madeAt: header.madeAt, rowsByTable, migrated: newer.map(({ name }) => name) };
}

/**
 * Empties the tables of what migrations put there, and takes away what would look at each row as it
 * comes: foreign keys (tables come in the order of their names) and triggers.
 * @returns the commands that put it back
 */
async function clearTables(client: Client): Promise<string[]> {
  const triggers = await readTriggers(client);
  const keys = await readForeignKeys(client);
  for (const { off } of triggers) await client.query(off);
  for (const { drop } of keys) await client.query(drop);
  const tables = await readTables(client);
  const names = tables.map(({ table }) => quoted(table)).join(", ");
  if (names) await client.query(`truncate ${names}`);
  return [...keys.map(({ add }) => add), ...triggers.map(({ on }) => on)];
}

async function restoreTable(
  client: Client,
  { archive, start }: { archive: ArchiveReader; start: TableStart },
): Promise<{ table: string; rows: number }> {
  const table = start.table.join(".");
  const columns = start.columns.map(escapeIdentifier).join(", ");
  const { data, sha256 } = archive.rows();
  const text = `copy ${quoted(start.table)} (${columns}) from stdin`;
  const rows = await copyIn(client, { text, data }).catch((error: unknown) => {
    throw isAboutData(error) ? badRows(table, error) : error;
  });
  const end = (await archive.line()) as TableEnd;
  if (end.sha256 !== sha256()) throw new BadBackup(`rows of table ${table} were altered`);
  if (end.rows !== rows) {
    throw new BadBackup(`table ${table} should have ${end.rows} rows and has ${rows}`);
  }
  return { table, rows };
}

/** SQLSTATE classes 22 and 23: a value or a row as such, which no whole backup holds. */
function isAboutData(error: unknown): error is Error {
  return /^2[23]/.test(sqlState(error) ?? "");
}

function badRows(table: string, cause: Error): BadBackup {
  return new BadBackup(`rows of table ${table} were altered: ${cause.message}`, { cause });
}

async function restoreSequences(client: Client, sequences: readonly Sequence[]): Promise<void> {
  for (const { sequence, last } of sequences) {
    await client.query("select setval($1::regclass, $2::bigint)", [quoted(sequence), last]);
  }
}

async function assertEmpty(client: Client): Promise<void> {
  const found = await findAnyTable(client);
  if (found === undefined) return;
  throw new Error(
    `the database is not empty (it has ${found}): restore into a new one. For the embedded ` +
      "database that is a state folder without a `database` in it",
  );
}

/** The error, with the file's name and what is wrong with it. */
function inWords(error: unknown, file: string): Error {
  const { message, code = "" } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (error instanceof SchemaMismatch) return new SchemaMismatch(`${file}: ${message}`, options);
  if (error instanceof BadBackup || code.startsWith("Z_")) {
    const what = code === "Z_BUF_ERROR" ? "it is cut off" : code ? "it is damaged" : message;
    return new BadBackup(`${file} cannot be restored: ${what}`, options);
  }
  return new Error(`restoring ${file}: ${message}`, options);
}

function quoted(name: readonly [string, string]): string {
  return name.map(escapeIdentifier).join(".");
}
