import { lstatSync, readdirSync } from "node:fs";
import { lchown, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StatePaths } from "./run-files.ts";

/**
 * User ids for runs: numbers that need no account. systemd's table of ids (systemd.io/UIDS-GIDS)
 * leaves 1,879,048,192 to 2,147,483,647 to nobody.
 */
export const firstUid = 1_900_000_000;
const uidCount = 65_536;

const isRunUid = (uid: number) => uid >= firstUid && uid < firstUid + uidCount;

/** Hands out user ids so that no two jobs whose files are still here share one. */
export interface Users {
  /** The owner of the job's checkpoint, where it has one; else an id that owns nothing here. */
  forJob(checkpoint: string): number;
}

export function openUsers(state: StatePaths): Users {
  let owners = ownersIn(state);
  let next = firstUid;

  const free = (): number => {
    for (let tried = 0; tried < uidCount; tried++) {
      const uid = next;
      next = firstUid + ((next - firstUid + 1) % uidCount);
      if (!owners.has(uid)) return uid;
    }
    throw new Error(`all ${uidCount} user ids for runs own files in ${state.root}`);
  };

  return {
    forJob(checkpoint) {
      const owner = ownerOf(checkpoint);
      if (owner !== undefined && isRunUid(owner)) return owner;
      if (owners.size >= uidCount) owners = ownersIn(state); // Some may be gone by now.
      const uid = free();
      owners.add(uid);
      return uid;
    },
  };
}

function ownersIn(state: StatePaths): Set<number> {
  const folders = [
    ...readdirSync(state.checkpoints).map((name) => join(state.checkpoints, name)),
    ...readdirSync(state.runs).map((name) => join(state.runs, name, "work")),
  ];
  return new Set(folders.map(ownerOf).filter((uid) => uid !== undefined));
}

function ownerOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.uid;
}

/** Makes a folder and all in it the user's; links are changed, never followed. */
export async function giveAway(path: string, uid: number): Promise<void> {
  await lchown(path, uid, uid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    await (entry.isDirectory() ? giveAway(inner, uid) : lchown(inner, uid, uid));
  }
}
