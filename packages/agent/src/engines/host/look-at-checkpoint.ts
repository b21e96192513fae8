import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointSeen } from "../engine.ts";

/** So much is looked at, however much a run has put there. */
const entriesMax = 2000;
const depthMax = 6;

/**
 * The newest file of a folder and how much all of them hold, by their names and times alone. No
 * link is followed: the folder is a tenant's. Null while there is no file.
 */
export async function lookAtCheckpoint(folder: string): Promise<CheckpointSeen | null> {
  const seen = { left: entriesMax, writtenAtMs: -Infinity, bytes: 0 };
  await look(folder, seen, depthMax);
  const { writtenAtMs, bytes } = seen;
  return writtenAtMs === -Infinity ? null : { writtenAtMs, bytes };
}

interface Seen {
  left: number;
  writtenAtMs: number;
  bytes: number;
}

async function look(folder: string, seen: Seen, depth: number): Promise<void> {
  const inner: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (seen.left <= 0) return;
    seen.left -= 1;
    if (entry.isDirectory()) inner.push(entry.name);
    if (!entry.isFile()) continue;
    const file = await lstat(join(folder, entry.name)).catch(() => undefined); // gone by now
    if (!file?.isFile()) continue;
    seen.writtenAtMs = Math.max(seen.writtenAtMs, Math.floor(file.mtimeMs));
    seen.bytes += file.size;
  }
  if (depth === 0) return;
  for (const name of inner) await look(join(folder, name), seen, depth - 1);
}

/** What is gone, closed to us or a link by now has no entries. */
async function entriesOf(folder: string) {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    const handle = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    await handle.close();
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
