import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import type { Binaries } from "./binaries.ts";
import { giveTo } from "./ownership.ts";
import { as, nobodyUid, type RunAs } from "./run-as.ts";

/** The database's own superuser; it has no password, the socket's folder is the door. */
export const owner = "wadi";
/** The file of ours that postgresql.conf includes. */
export const settingsFile = "wadi.conf";
const includeOurs = `
# What the hub sets. Lines below this one win over it, and so does "alter system".
include_if_exists = '${settingsFile}'
`;
const tempPrefix = "making-";

export interface InitFolder {
  readonly home: string;
  readonly dataFolder: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly fsync: boolean;
  readonly onInit: () => void;
}

/**
 * Makes the data folder when there is none. It is made beside and then renamed, so that a process
 * killed midway leaves nothing that looks like a database; what such a one left is removed. Call it
 * with the lock held.
 * @throws Error when the folder is of another major version than the programs
 */
export async function initFolder(options: InitFolder): Promise<void> {
  const { home, dataFolder, binaries, runAs } = options;
  await removeLeftovers(home);
  if (existsSync(dataFolder)) {
    await checkVersion(dataFolder, binaries.major);
    return;
  }
  options.onInit();
  const temp = await mkdtemp(path.join(home, tempPrefix));
  // initdb asks for its user's name, which the server's own user has not got
  const initUser: RunAs = runAs.kind === "other-user" ? { ...runAs, uid: nobodyUid } : runAs;
  if (initUser.kind === "other-user") await giveTo(temp, initUser.uid);
  await runInitdb(options, { temp, initUser });
  await appendFile(path.join(temp, "postgresql.conf"), includeOurs, { flush: true });
  if (runAs.kind === "other-user") await giveTo(temp, runAs.uid);
  await rename(temp, dataFolder);
  await syncFolder(home);
}

async function runInitdb(
  { binaries, fsync }: InitFolder,
  { temp, initUser }: { temp: string; initUser: RunAs },
): Promise<void> {
  const who = ["--username", owner, "--auth", "trust"];
  const how = ["--encoding", "UTF8", "--data-checksums", ...localeOptions(binaries.major)];
  const initdb = [path.join(binaries.bin, "initdb"), "--pgdata", temp, ...who, ...how];
  const command = fsync ? initdb : [...initdb, "--no-sync"];
  const [program = "", ...args] = as(initUser, command);
  try {
    await promisify(execFile)(program, args, { cwd: temp });
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string };
    throw new Error(`making a database in ${temp} failed: ${stderr.trim()}`, { cause });
  }
}

/**
 * Text is compared by code point, everywhere alike. From 17 on PostgreSQL does that by itself;
 * before it must trust the C library, whose C.UTF-8 means the same.
 */
function localeOptions(major: number): string[] {
  return major >= 17
    ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    : ["--locale=C.UTF-8"];
}

async function checkVersion(dataFolder: string, major: number): Promise<void> {
  const found = (await readFile(path.join(dataFolder, "PG_VERSION"), "utf8")).trim();
  if (found === String(major)) return;
  throw new Error(
    `the database in ${dataFolder} was made by PostgreSQL ${found}, the programs here are ` +
      `${major}: make a backup with the former version of this software, restore it with this one`,
  );
}

async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(tempPrefix)) await rm(path.join(home, name), { recursive: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}
