import { createHash } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ends } from "./exit-codes.ts";

/**
 * Takes the state folder for this process alone: two agents on one journal would both number their
 * entries. The lock is a listening socket, so it goes with the process however that dies; on Linux
 * an abstract one, of which nothing is left on disk.
 *
 * @returns what gives it back
 * @throws Ends `in-use`
 */
export async function lockState(state: string): Promise<() => Promise<void>> {
  const name = createHash("sha256")
    .update(await realpath(state))
    .digest("hex")
    .slice(0, 32);
  const isLinux = process.platform === "linux";
  const path = isLinux ? `\0wadi-agent-${name}` : join(tmpdir(), `wadi-agent-${name}.sock`);
  if (!isLinux && !(await isListening(path))) await rm(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  try {
    await listen(server, path);
  } catch (cause) {
    const message = `another agent works in ${state}; stop it first, or name another --state`;
    throw new Ends("in-use", message, { cause });
  }
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.unref();
      resolve();
    });
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
