import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Client, escapeIdentifier } from "pg";

import { connectClient } from "../connection.ts";
import { appliedMigrations, migrationsLock } from "../migrate.ts";
import { format, type Header, lineWriter, type TableEnd, terminator } from "./archive.ts";
import { readSequences, readTables, type Table } from "./catalogue.ts";
import { copyOut } from "./copy.ts";

export interface BackupProgress {
  /** The table that was just finished. */
  readonly table: string;
  readonly rows: number;
}

export interface BackupReport {
  readonly file: string;
  /** Of the file itself: keep it elsewhere, and an altered file will show. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rowsByTable: ReadonlyMap<string, number>;
}

/**
 * Writes all of the database, as it is at one instant, into one file; the hub goes on meanwhile.
 * The file appears when it is whole and on disk, and only its owner may read it: it holds the
 * hashes of keys. Memory does not grow with the data.
 * @throws Error when the file is there already; DatabaseUnavailable; nothing is left behind
 */
export async function backupDatabase(
  url: string,
  file: string,
  { onProgress = () => {} }: { readonly onProgress?: (progress: BackupProgress) => void } = {},
): Promise<BackupReport> {
  await assertAbsent(file);
  const client = await connectClient(url);
  const temp = `${file}.part-${process.pid}`;
  const digest = createHash("sha256");
  const rowsByTable = new Map<string, number>();
  let bytes = 0;
  try {
    await openSnapshot(client);
    await pipeline(
      Readable.from(content(client, { rowsByTable, onProgress })),
      createGzip({ level: 1 }), // three times faster than the default, a tenth larger
      async function* count(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          digest.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(temp, { flags: "wx", mode: 0o600, flush: true }),
    );
    await rename(temp, file);
    await syncFolder(path.dirname(path.resolve(file)));
    return { file, sha256: digest.digest("hex"), bytes, rowsByTable };
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

/** All that is read from now on is as of now. Migrations wait until the backup is done. */
async function openSnapshot(client: Client): Promise<void> {
  await client.query("begin isolation level repeatable read read only");
  await client.query("set local statement_timeout = 0");
  await client.query("set local idle_in_transaction_session_timeout = 0");
  await client.query("set local synchronize_seqscans = off"); // rows in the same order each time
  await client.query("select pg_advisory_xact_lock_shared($1)", [migrationsLock]);
}

interface Account {
  readonly rowsByTable: Map<string, number>;
  readonly onProgress: (progress: BackupProgress) => void;
}

async function* content(client: Client, account: Account): AsyncGenerator<Buffer> {
  const lines = lineWriter();
  yield lines.line(await header(client));
  for (const table of await readTables(client)) {
    yield lines.line({ table: table.table, columns: table.columns });
    const hash = createHash("sha256");
    const { data, copied } = copyOut(client, `copy (${allRowsOf(table)}) to stdout`);
    for await (const chunk of data as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    yield terminator;
    const rows = copied.rows;
    yield lines.line({ rows, sha256: hash.digest("hex") } satisfies TableEnd);
    account.rowsByTable.set(table.table.join("."), rows);
    account.onProgress({ table: table.table.join("."), rows });
  }
  yield lines.line({ sequences: await readSequences(client) });
  yield lines.end();
}

async function header(client: Client): Promise<Header> {
  const { rows } = await client.query<{ version: string; now: Temporal.Instant }>(
    "select current_setting('server_version') as version, now() as now",
  );
  return {
    format,
    madeAt: String(rows[0]?.now),
    postgres: rows[0]?.version ?? "",
    migrations: await appliedMigrations(client),
  };
}

function allRowsOf({ table, columns, partitioned }: Table): string {
  const from = `from ${partitioned ? "" : "only "}${table.map(escapeIdentifier).join(".")}`;
  return `select ${columns.map(escapeIdentifier).join(", ")} ${from}`;
}

async function assertAbsent(file: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there) throw new Error(`${file} is there already: choose another name, or move it away`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}
