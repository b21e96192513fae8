import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EngineUnreachable } from "../engine.ts";
import type { KeeperOptions } from "./keeper.ts";
import { secureSocketFolder, socketPath } from "./keeper-socket.ts";
import {
  readLines,
  received,
  requestLine,
  type CallOf,
  type KeeperCall,
  type Reply,
  type ReplyOf,
} from "./rpc.ts";
import { makeState, statePaths, type StatePaths } from "./run-files.ts";

/** A connection to a keeper, for as long as it holds. */
export interface KeeperLink {
  /** @throws KeeperGone when the connection breaks before the answer */
  ask<K extends KeeperCall>(call: K, argument: CallOf<K>): Promise<ReplyOf<K>>;
  readonly isOpen: boolean;
  /** Settles when the connection is no more. */
  readonly gone: Promise<void>;
  close(): void;
}

/** The connection broke; whether the call was heard is not known. */
export class KeeperGone extends Error {
  override readonly name = "KeeperGone";
}

/** How long a keeper may take to come up: a cold Node on a busy machine, and burying lost runs. */
const upWithinMs = 30_000;

/**
 * Connects to the keeper of a folder, starting one where none runs. Two that do so at once end up
 * with the same keeper: the second that was started finds the lock held, and leaves.
 */
export async function linkToKeeper(options: KeeperOptions): Promise<KeeperLink> {
  const state = statePaths(options.folder);
  makeState(state);
  secureSocketFolder(state);
  const deadline = performance.now() + upWithinMs;
  let startedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const socket = await tryConnect(socketPath(state));
    if (socket) return openLink(socket);
    if (performance.now() > deadline) {
      throw new EngineUnreachable(`no keeper came up within ${upWithinMs} ms; see ${log(state)}`);
    }
    // One that was started may have left again, if a dying one held the lock for very long.
    if (performance.now() - startedAt > 3000) {
      startKeeper(state, options);
      startedAt = performance.now();
    }
    await sleep(5);
  }
}

/** Connects to the keeper of a folder if there is one; null otherwise. */
export async function linkIfKept(folder: string): Promise<KeeperLink | null> {
  const socket = await tryConnect(socketPath(statePaths(folder)));
  return socket && openLink(socket);
}

const log = (state: StatePaths) => join(state.keeper, "log");

function startKeeper(state: StatePaths, options: KeeperOptions): void {
  const main = fileURLToPath(new URL("keeper-main.ts", import.meta.url));
  const output = openSync(log(state), "a", 0o600);
  const child = spawn(process.execPath, [main, JSON.stringify(options)], {
    cwd: "/",
    detached: true,
    // The agent's environment may hold its credentials.
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TMPDIR: tmpdir() },
    stdio: ["ignore", output, output],
  });
  child.on("error", () => undefined); // Told by no keeper coming up.
  child.unref();
  closeSync(output);
}

function tryConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

function openLink(socket: Socket): KeeperLink {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const gone = Promise.withResolvers<void>();
  let next = 0;
  let isOpen = true;

  readLines(socket, (line) => {
    const reply = JSON.parse(line) as Reply;
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) caller?.resolve(reply.value);
    else caller?.reject(received(reply.error));
  });
  socket.on("error", () => undefined); // "close" follows.
  socket.on("close", () => {
    isOpen = false;
    for (const caller of waiting.values()) caller.reject(new KeeperGone("the keeper is gone"));
    waiting.clear();
    gone.resolve();
  });

  return {
    get isOpen() {
      return isOpen;
    },
    ask<K extends KeeperCall>(call: K, argument: CallOf<K>) {
      const id = next++;
      const caller = Promise.withResolvers<unknown>();
      if (!isOpen) caller.reject(new KeeperGone("the keeper is gone"));
      else {
        waiting.set(id, caller);
        socket.write(requestLine(id, call, argument));
      }
      return caller.promise as Promise<ReplyOf<K>>;
    },
    gone: gone.promise,
    close: () => void socket.destroy(),
  };
}
