import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";

import { type Lock, readHolder, tryLock } from "./lock.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { whetherAlive } from "./processes.ts";

/** Another hub has this database open. */
export class DatabaseInUse extends Error {
  override readonly name = "DatabaseInUse";
}

/** The files of an embedded database, all under `<state folder>/database`. */
export interface Layout {
  readonly stateFolder: string;
  readonly home: string;
  readonly dataFolder: string;
  readonly lockFile: string;
  readonly logFile: string;
}

export function layoutIn(stateFolder: string): Layout {
  const home = path.resolve(stateFolder, "database");
  return {
    stateFolder: path.dirname(home),
    home,
    dataFolder: path.join(home, "data"),
    lockFile: path.join(home, "lock"),
    logFile: path.join(home, "server.log"),
  };
}

const pollMs = 50;

/**
 * Takes the database folder for this process. The server of a hub that was killed a moment ago may
 * still be writing its last pages: that is waited for, up to `waitMs`.
 * @throws DatabaseInUse, naming the folder and the other's process, when its hub is alive
 */
export async function takeHold(
  layout: Layout,
  { waitMs, onWait }: { waitMs: number; onWait: () => void },
): Promise<Lock> {
  const began = performance.now();
  for (let waited = false; ; waited = true) {
    const lock = await tryLock(layout.lockFile);
    if (lock) return lock;
    const holder = readHolder(layout.lockFile);
    const state = holder ? whetherAlive(holder.hub) : "over";
    if (holder && state !== "over") throw inUse(layout, holder.hub.pid, state);
    if (performance.now() - began > waitMs) throw stillEnding(layout, waitMs);
    if (!waited) onWait();
    await sleep(pollMs);
  }
}

function inUse(layout: Layout, hubPid: number, state: "alive" | "elsewhere"): DatabaseInUse {
  const server = readPostmasterPid(layout.dataFolder);
  const place = state === "elsewhere" ? " in another container" : "";
  return new DatabaseInUse(
    `the database in ${layout.home} is in use by the hub with pid ${hubPid}${place}` +
      `${server ? ` (its PostgreSQL has pid ${server.pid})` : ""}: ` +
      "stop that hub, or give this one a state folder of its own",
  );
}

function stillEnding(layout: Layout, waitMs: number): DatabaseInUse {
  const server = readPostmasterPid(layout.dataFolder);
  return new DatabaseInUse(
    `the database in ${layout.home} is held by a PostgreSQL ` +
      `${server ? `with pid ${server.pid} ` : ""}whose hub is gone and which has not ended in ` +
      `${waitMs} ms: see ${layout.logFile}, end that process`,
  );
}
