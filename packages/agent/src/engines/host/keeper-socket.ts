import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StatePaths } from "./run-files.ts";

/** What a socket's address has room for, its final zero included: 104 on macOS, 108 on Linux. */
const longestAddress = 103;

/** Names this keeper among all of the machine: short, and the same for the same folder. */
export const keeperName = (state: StatePaths): string =>
  createHash("sha256").update(state.root).digest("hex").slice(0, 12);

/** Where the keeper listens: in its own folder where the path is short enough, else in tmp. */
export function socketPath(state: StatePaths): string {
  const own = join(state.keeper, "socket");
  return Buffer.byteLength(own) <= longestAddress ? own : join(shortFolder(state), "socket");
}

/** The folder in tmp for that; null when it is not needed. */
export const socketFolder = (state: StatePaths): string | null =>
  socketPath(state).startsWith(state.keeper) ? null : shortFolder(state);

const shortFolder = (state: StatePaths) => join(tmpdir(), `wadi-${keeperName(state)}`);

/**
 * Makes sure that the folder of the socket is ours and closed to others.
 * @throws Error when somebody else has put something in its place
 */
export function secureSocketFolder(state: StatePaths): void {
  const folder = socketFolder(state);
  if (folder === null) return; // The keeper's own folder: made with 0700.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOurs = lstatSync(folder).isDirectory() && uid === process.getuid?.();
  if (isOurs && (mode & 0o077) === 0) return;
  throw new Error(`${folder} is not ours alone; remove it, or set TMPDIR to a folder of your own`);
}
