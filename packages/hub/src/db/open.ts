import { setTimeout as sleep } from "node:timers/promises";

import { connectClient, describeUrl, socketUrl } from "./connection.ts";
import { connectDb, type ConnectOptions, type Db } from "./db.ts";
import { layoutIn } from "./embedded/hold.ts";
import { owner } from "./embedded/init-folder.ts";
import { readHolder } from "./embedded/lock.ts";
import { whetherAlive } from "./embedded/processes.ts";
import { type DatabaseStep, type EmbeddedOptions, startEmbedded } from "./embedded/server.ts";
import { isOutage } from "./errors.ts";

type OpenStep = DatabaseStep | "wait-for-server";

export interface OpenOptions extends Omit<EmbeddedOptions, "onProgress">, ConnectOptions {
  /** An outside server's; without it the embedded one is started in `stateFolder`. */
  readonly url?: string | undefined;
  readonly onProgress?: (step: OpenStep) => void;
  /** How long an outside server that cannot be reached is waited for. */
  readonly waitMsMax?: number;
}

export interface OpenDatabase extends Db {
  /** Closes the connections, then ends the server if it is ours. */
  stop(): Promise<void>;
}

const oldestVersion = 15;
const waitMsDefault = 30_000;

/**
 * The hub's database, ready for `migrate`.
 * @throws DatabaseInUse when another hub has the embedded one open; DatabaseUnavailable when an
 *   outside server stays away; Error when it is too old or not in UTF-8
 */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  return options.url === undefined ? openEmbedded(options) : openOutside(options.url, options);
}

/**
 * The same for a command beside the hub, a backup for instance: joins the embedded server that a
 * hub is running, and starts one only when there is none.
 */
export async function joinDatabase(options: OpenOptions): Promise<OpenDatabase> {
  return openDatabase({ ...options, url: options.url ?? runningUrl(options.stateFolder) });
}

async function openEmbedded(options: OpenOptions): Promise<OpenDatabase> {
  const server = await startEmbedded(options);
  const db = connectDb(server.url, options);
  return {
    ...db,
    stop: async () => {
      await db.close();
      await server.stop();
    },
  };
}

async function openOutside(url: string, options: OpenOptions): Promise<OpenDatabase> {
  await waitFor(url, options);
  await assertSuitable(url);
  options.onProgress?.("ready");
  const db = connectDb(url, options);
  return { ...db, stop: () => db.close() };
}

function runningUrl(stateFolder: string): string | undefined {
  const holder = readHolder(layoutIn(stateFolder).lockFile);
  if (!holder || whetherAlive(holder.hub) !== "alive") return undefined;
  return socketUrl({ folder: holder.socketFolder, user: owner, database: "wadi" });
}

async function waitFor(url: string, options: OpenOptions): Promise<void> {
  const { waitMsMax = waitMsDefault, onProgress = () => {} } = options;
  const began = performance.now();
  for (let told = false; ; told = true) {
    try {
      const client = await connectClient(url);
      return await client.end();
    } catch (error) {
      if (!isOutage(error) || performance.now() - began > waitMsMax) throw error;
    }
    if (!told) onProgress("wait-for-server");
    await sleep(250);
  }
}

async function assertSuitable(url: string): Promise<void> {
  const client = await connectClient(url);
  try {
    const { rows } = await client.query<{ version: string; encoding: string }>(`
      select current_setting('server_version_num') as version,
        current_setting('server_encoding') as encoding`);
    const [{ version, encoding } = { version: "0", encoding: "" }] = rows;
    const major = Math.floor(Number(version) / 10_000);
    if (major < oldestVersion) {
      throw new Error(
        `${describeUrl(url)} is PostgreSQL ${major}: ${oldestVersion} or newer is needed`,
      );
    }
    if (encoding !== "UTF8") {
      throw new Error(
        `${describeUrl(url)} stores text as ${encoding}: create it with encoding 'UTF8' ` +
          "(create database wadi encoding 'UTF8' template template0)",
      );
    }
  } finally {
    await client.end();
  }
}
