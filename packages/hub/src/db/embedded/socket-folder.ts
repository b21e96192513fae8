import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/**
 * Room for a path in `sockaddr_un`, the closing NUL not counted: 107 bytes on Linux, 103 on macOS.
 */
const socketPathBytesMax = process.platform === "darwin" ? 103 : 107;
const socketName = ".s.PGSQL.5432";

/**
 * Makes a folder for the server's socket, closed to all but its user: `<home>/socket`, where
 * people find it, unless that path is too long or its file system has no sockets. Then one in the
 * folder for temporary files, under a fresh name that nobody can have taken beforehand.
 * @param owner  the server's user, when it is not ours
 */
export async function makeSocketFolder(home: string, owner?: number): Promise<string> {
  const made = (await makeInside(home)) ?? makeInTemp(owner);
  if (owner !== undefined) chownSync(made, owner, owner);
  return made;
}

/** Removes it, and what a killed server left in it. What is not ours by now is left alone. */
export function removeSocketFolder(folder: string, owner?: number): void {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  const isOurs = status?.uid === process.getuid?.() || status?.uid === owner;
  if (!status?.isDirectory() || !isOurs) return;
  removeSockets(folder);
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * A server that was killed leaves its socket's lock file, whose pid may belong to another by now.
 */
export function removeSockets(folder: string): void {
  rmSync(path.join(folder, socketName), { force: true });
  rmSync(path.join(folder, `${socketName}.lock`), { force: true });
}

/**
 * The first folder on the way to `target`, itself included, that users other than its owner may not
 * enter; undefined when all may.
 */
export function closedFolder(target: string): string | undefined {
  const steps: string[] = [];
  for (let at = path.resolve(target); ; at = path.dirname(at)) {
    steps.unshift(at);
    if (at === path.dirname(at)) break;
  }
  return steps.find((step) => (lstatSync(step).mode & 0o001) === 0);
}

async function makeInside(home: string): Promise<string | undefined> {
  const folder = path.join(home, "socket");
  if (!fits(folder)) return undefined;
  mkdirSync(folder, { mode: 0o700, recursive: true });
  removeSockets(folder);
  if (await takesSockets(folder)) return folder;
  rmdirSync(folder);
  return undefined;
}

/** Some file systems that containers mount have none. */
async function takesSockets(folder: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = net.createServer();
  server.once("error", () => resolve(false));
  server.listen(path.join(folder, socketName), () => server.close(() => resolve(true)));
  return promise;
}

function makeInTemp(owner: number | undefined): string {
  const places = [...new Set([os.tmpdir(), "/tmp"])];
  const mayEnter = (place: string): boolean => owner === undefined || !closedFolder(place);
  const best = places.find((place) => fits(path.join(place, "wadi-XXXXXX")) && mayEnter(place));
  if (best !== undefined) return mkdtempSync(path.join(best, "wadi-")); // mode 0700
  throw new Error(
    `no folder for the database's socket: tried ${places.join(" and ")}. Its path may have ` +
      `at most ${socketPathBytesMax} bytes, and the server's user must be allowed in: set TMPDIR`,
  );
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, socketName)) <= socketPathBytesMax;
}
