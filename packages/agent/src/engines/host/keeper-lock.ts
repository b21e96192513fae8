import { DatabaseSync } from "node:sqlite";

/** Held for as long as its process lives; `release` gives it up before that. */
export interface KeeperLock {
  release(): void;
}

/**
 * Takes a lock on a file, or says that another process holds it (null). Node has no flock; an
 * exclusive transaction of SQLite's is one: held by the kernel, gone with its process however that
 * dies, so that no lock is ever left behind to be judged stale. A process that was killed needs a
 * moment to let go: `waitMs` is how long this one stands still for it.
 */
export function takeLock(path: string, { waitMs }: { readonly waitMs: number }): KeeperLock | null {
  const file = new DatabaseSync(path, { timeout: waitMs });
  try {
    file.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return null;
    throw new Error(`locking ${path}`, { cause: error });
  }
  return { release: () => file.close() };
}

/** SQLITE_BUSY (sqlite.org/rescode.html). */
const sqliteBusy = 5;
