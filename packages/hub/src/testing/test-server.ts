import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { connectClient, withDatabase } from "../db/connection.ts";
import { layoutIn } from "../db/embedded/hold.ts";
import { readHolder } from "../db/embedded/lock.ts";
import { whetherAlive } from "../db/embedded/processes.ts";
import { startEmbedded } from "../db/embedded/server.ts";
import { migrate } from "../db/migrate.ts";
import { testedBin } from "./private-server.ts";

/** A server for one run of the tests, with a database that has all migrations, to be copied. */
export interface TestServer {
  /** A database to give commands in; never written to. */
  readonly url: string;
  /** The name of the database to copy. */
  readonly template: string;
  /** Removes the template, and the server if it was made for this run. */
  stop(): Promise<void>;
}

/**
 * Of databases made for tests: `wadi_test_<time>_<number>`, the time in milliseconds in base 36.
 */
const databasePrefix = "wadi_test_";
/** Not that of folders for single tests, whose hubs are killed on purpose. */
const folderPrefix = "wadi-testrun-";
const forgottenMs = 2 * 3_600_000;

/** @param outsideUrl  use that server (its user may create databases) instead of an embedded one */
export async function startTestServer(outsideUrl?: string): Promise<TestServer> {
  const server = outsideUrl ? { url: outsideUrl, stop: async () => {} } : await startOwn();
  const template = newName("template");
  try {
    await command(server.url, `create database ${template} template template0 encoding 'UTF8'`);
    await migrate(withDatabase(server.url, template));
    await command(server.url, `alter database ${template} allow_connections false`);
    if (outsideUrl) await dropForgotten(outsideUrl);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: server.url,
    template,
    stop: async () => {
      if (outsideUrl) await command(outsideUrl, `drop database if exists ${template}`);
      await server.stop();
    },
  };
}

/** A name for a database that no other run uses. */
export function newName(suffix: string): string {
  return `${databasePrefix}${Date.now().toString(36)}_${suffix}`;
}

/** Runs one command of the kind that cannot be in a transaction. */
export async function command(url: string, text: string): Promise<void> {
  const client = await connectClient(url);
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  await removeForgottenFolders();
  const stateFolder = await mkdtemp(path.join(os.tmpdir(), folderPrefix));
  const server = await startEmbedded({
    stateFolder,
    fsync: false,
    ...testedBin(),
    settings: { max_connections: "200", max_wal_size: "256MB", min_wal_size: "80MB" },
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(stateFolder, { recursive: true });
    },
  };
}

/** Of runs that were killed. */
async function removeForgottenFolders(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = path.join(os.tmpdir(), name);
    const holder = readHolder(layoutIn(folder).lockFile);
    if (holder && whetherAlive(holder.hub) === "over") await rm(folder, { recursive: true });
  }
}

async function dropForgotten(url: string): Promise<void> {
  const client = await connectClient(url);
  try {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where datname like '${databasePrefix}%'`,
    );
    for (const { name } of rows) {
      const madeAt = Number.parseInt(name.slice(databasePrefix.length).split("_")[0] ?? "", 36);
      if (Date.now() - madeAt < forgottenMs) continue;
      await client.query(`drop database if exists ${name} with (force)`);
    }
  } finally {
    await client.end();
  }
}
