import { readFileSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";

import { liveProcess } from "./processes.ts";

/** What a running server writes into `postmaster.pid` in its data folder. */
export interface PostmasterPid {
  readonly pid: number;
  readonly dataFolder: string;
  /** `ready` once it takes connections; `starting` also while it recovers from a crash. */
  readonly status: string;
}

/** @returns undefined when there is none, or none whole yet */
export function readPostmasterPid(dataFolder: string): PostmasterPid | undefined {
  let lines: string[];
  try {
    lines = readFileSync(fileIn(dataFolder), "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? "", 10);
  if (!Number.isSafeInteger(pid)) return undefined;
  return { pid, dataFolder: lines[1] ?? "", status: lines[7]?.trim() ?? "" };
}

/**
 * Removes the file of a server that is gone where PostgreSQL itself would give up ("Is another
 * postmaster running?"): when its number now belongs to another process, or to a zombie. One whose
 * number nobody has is left to PostgreSQL, which then also looks for survivors of that server.
 * Call it with the folder's lock held.
 * @returns the pid of a server that is really running there, started by hand; then nothing is
 *   removed
 */
export function removeStalePid(dataFolder: string): number | undefined {
  const found = readPostmasterPid(dataFolder);
  if (!found) return undefined;
  if (isServerOf(dataFolder, found.pid)) return found.pid;
  if (isTaken(found.pid)) rmSync(fileIn(dataFolder), { force: true });
  return undefined;
}

/**
 * A server's current folder is its data folder. A process whose folder we may not read is not ours,
 * and so not a server of our files; where the system tells no folders its program's name decides.
 */
function isServerOf(dataFolder: string, pid: number): boolean {
  const found = liveProcess(pid);
  if (!found || !/^(postgres|postmaster)$/.test(found.program)) return false;
  if (process.platform !== "linux") return true;
  return found.folder === realpathSync(dataFolder);
}

/** Whether the number is in use, be it by a zombie or by a process that is not ours to signal. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function fileIn(dataFolder: string): string {
  return path.join(dataFolder, "postmaster.pid");
}
