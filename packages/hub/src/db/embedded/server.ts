import { chmod, chown, mkdir, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { connectClient, socketUrl } from "../connection.ts";
import { type Binaries, binariesIn, findBinaries } from "./binaries.ts";
import { DatabaseInUse, type Layout, layoutIn, takeHold } from "./hold.ts";
import { initFolder, owner, settingsFile } from "./init-folder.ts";
import type { Lock } from "./lock.ts";
import { type LogFile, openLog } from "./log-file.ts";
import { giveTo, ownerOf } from "./ownership.ts";
import { startPostmaster } from "./postmaster.ts";
import { removeStalePid } from "./postmaster-pid.ts";
import { chooseGuard, chooseRunAs, type Guard, type RunAs } from "./run-as.ts";
import { asFile, defaultSettings, fixedSettings, type Settings } from "./settings.ts";
import {
  closedFolder,
  makeSocketFolder,
  removeSocketFolder,
  removeSockets,
} from "./socket-folder.ts";
import { supervise, type Supervised } from "./supervise.ts";

/** What takes time while a database is opened; `recover` also after a crash of the machine. */
export type DatabaseStep = "wait-for-former" | "initdb" | "start" | "recover" | "ready";

export interface EmbeddedOptions {
  /** The database lives in `<stateFolder>/database`. */
  readonly stateFolder: string;
  /** False only in tests: a power cut then loses everything. */
  readonly fsync?: boolean;
  readonly onProgress?: (step: DatabaseStep) => void;
  /** The server ended by itself (it is started again), or could not be started again yet. */
  readonly onTrouble?: (error: Error) => void;
  /** These win over our own, e.g. `max_connections`. */
  readonly settings?: Settings;
  /** A folder with `postgres` and `initdb` to be used instead of the packaged ones. */
  readonly bin?: string;
  /** For tests: the ways that this machine would not choose by itself. */
  readonly forced?: { readonly runAs?: RunAs["kind"]; readonly guard?: Guard };
}

export interface EmbeddedServer {
  readonly url: string;
  readonly logFile: string;
  pid(): number;
  /** Resolves when the server has ended and its folder is free for another. */
  stop(): Promise<void>;
}

const formerMsMax = 60_000;
const startMsMax = 15 * 60_000; // replaying a long log after a power cut
const stopMsMax = 30_000;

/** All that one opening of the folder holds, given back in one place. */
interface Held {
  readonly layout: Layout;
  readonly lock: Lock;
  readonly socketFolder: string;
  readonly runAs: RunAs;
}

/**
 * Starts the PostgreSQL that comes with us, on its own folder, reachable through a unix socket
 * only. It ends with this process, however that ends, and is started again should it end by
 * itself.
 * @throws DatabaseInUse when another hub has the folder open; Error with the cure otherwise
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { onProgress = () => {} } = options;
  const held = await takeFolder(options);
  let log: LogFile | undefined;
  try {
    const binaries = await prepare(held, options);
    log = openLog(held.layout.logFile);
    const server = await run(held, { binaries, log, options });
    const url = await makeDatabase(held.socketFolder);
    onProgress("ready");
    return { url, logFile: held.layout.logFile, pid: server.pid, stop: stopper(held, log, server) };
  } catch (error) {
    log?.close();
    giveBack(held);
    throw error;
  }
}

async function takeFolder({ stateFolder, onProgress, forced }: EmbeddedOptions): Promise<Held> {
  const layout = layoutIn(stateFolder);
  const runAs = await chooseRunAs(forced?.runAs);
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  const lock = await takeHold(layout, {
    waitMs: formerMsMax,
    onWait: () => onProgress?.("wait-for-former"),
  });
  try {
    if (lock.former) removeSocketFolder(lock.former.socketFolder, uidOf(runAs));
    const socketFolder = await makeSocketFolder(layout.home, uidOf(runAs));
    lock.sign(socketFolder);
    return { layout, lock, runAs, socketFolder };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Programs, data folder and its owner, settings: all that must be in place before the start. */
async function prepare(
  { layout, runAs }: Held,
  { bin, fsync = true, settings = {}, onProgress }: EmbeddedOptions,
): Promise<Binaries> {
  const { home, dataFolder } = layout;
  await letServerIn(layout, runAs);
  const binaries = await (bin ? binariesIn(bin, runAs) : findBinaries(home, runAs));
  const init = { home, dataFolder, binaries, runAs, fsync };
  await initFolder({ ...init, onInit: () => onProgress?.("initdb") });
  await setOwner(dataFolder, runAs);
  const byHand = removeStalePid(dataFolder);
  if (byHand !== undefined) {
    throw new DatabaseInUse(
      `PostgreSQL with pid ${byHand} is running in ${dataFolder} and was not started by a hub: ` +
        "stop it",
    );
  }
  const all = { ...defaultSettings({ major: binaries.major, fsync }), ...settings };
  await writeSettings(path.join(dataFolder, settingsFile), { settings: all, runAs });
  return binaries;
}

async function run(
  { layout, lock, runAs, socketFolder }: Held,
  { binaries, log, options }: { binaries: Binaries; log: LogFile; options: EmbeddedOptions },
): Promise<Supervised> {
  const { onProgress = () => {}, onTrouble = () => {}, forced } = options;
  const { dataFolder, logFile } = layout;
  const guard = forced?.guard ?? (await chooseGuard());
  return supervise({
    onTrouble,
    stopMsMax,
    start: () => {
      removeSockets(socketFolder);
      removeStalePid(dataFolder);
      onProgress("start");
      return startPostmaster({
        binaries,
        dataFolder,
        runAs,
        guard,
        startMsMax,
        lockFd: lock.fd,
        log: { fd: log.fd, file: logFile },
        settings: fixedSettings(socketFolder),
        onSlow: () => onProgress("recover"),
      });
    },
  });
}

/** The database `wadi`. @returns its URL */
async function makeDatabase(socketFolder: string): Promise<string> {
  const at = { folder: socketFolder, user: owner };
  const client = await connectClient(socketUrl({ ...at, database: "postgres" }));
  try {
    const { rowCount } = await client.query("select from pg_database where datname = 'wadi'");
    if (rowCount === 0) await client.query("create database wadi");
  } finally {
    await client.end();
  }
  return socketUrl({ ...at, database: "wadi" });
}

function stopper(held: Held, log: LogFile, server: Supervised): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () =>
    (stopped ??= server.stop().finally(() => {
      log.close();
      giveBack(held);
    }));
}

function giveBack({ socketFolder, runAs, lock }: Held): void {
  removeSocketFolder(socketFolder, uidOf(runAs));
  lock.release();
}

/**
 * A server with a user of its own must be able to pass through the hub's folders, though not to
 * list them. Folders above those are not ours to open.
 */
async function letServerIn({ stateFolder, home }: Layout, runAs: RunAs): Promise<void> {
  if (runAs.kind !== "other-user") return;
  for (const folder of [stateFolder, home]) {
    await chmod(folder, (await stat(folder)).mode | 0o001);
  }
  const closed = closedFolder(home);
  if (closed === undefined) return;
  throw new Error(
    `PostgreSQL cannot run as root, and its own user ${runAs.uid} may not enter ${closed}: ` +
      `chmod o+x ${closed}, or keep the hub's state elsewhere, or start the hub as an ` +
      "ordinary user",
  );
}

/** The folder may last have been used the other way, or have been copied from another machine. */
async function setOwner(dataFolder: string, runAs: RunAs): Promise<void> {
  const wanted = uidOf(runAs) ?? process.getuid?.() ?? 0;
  const found = await ownerOf(dataFolder);
  if (found === wanted) return;
  if (runAs.kind !== "self") return giveTo(dataFolder, wanted);
  throw new Error(
    `${dataFolder} belongs to user ${found} and the hub runs as ${wanted}: start it as that ` +
      `user, or chown -R ${wanted} ${dataFolder}`,
  );
}

async function writeSettings(
  file: string,
  { settings, runAs }: { settings: Settings; runAs: RunAs },
): Promise<void> {
  const temp = `${file}.new`;
  await writeFile(temp, asFile(settings), { mode: 0o600 });
  const uid = uidOf(runAs);
  if (uid !== undefined) await chown(temp, uid, uid);
  await rename(temp, file);
}

function uidOf(runAs: RunAs): number | undefined {
  return runAs.kind === "other-user" ? runAs.uid : undefined;
}
