import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Disk } from "./disk.ts";

/**
 * Room on the disk that is kept for what must not be lost: a file of no use but its size, which
 * is removed when the disk is full. It is filled with noise, which no file system can compress.
 */
export interface Reserve {
  isThere(): boolean;
  /** Makes it where it is missing. @returns whether it is there now */
  restore(): Promise<boolean>;
  /** Gives its room away. */
  release(): Promise<void>;
}

export async function openReserve(
  disk: Disk,
  { folder, bytes }: { folder: string; bytes: number },
): Promise<Reserve> {
  const path = join(folder, "reserve");
  let isThere = false;

  async function restore(): Promise<boolean> {
    if (isThere) return true;
    try {
      await fill(disk, { path, bytes });
      isThere = true;
    } catch {
      await disk.remove(path).catch(() => {}); // the disk is still full, or worse
    }
    return isThere;
  }

  await restore();
  return {
    isThere: () => isThere,
    restore,
    release: async () => {
      isThere = false;
      await disk.remove(path).catch(() => {});
    },
  };
}

async function fill(disk: Disk, { path, bytes }: { path: string; bytes: number }): Promise<void> {
  const file = await disk.open(path);
  try {
    if (file.size() === bytes) return;
    await file.truncate(0);
    const noise = randomBytes(Math.min(bytes, 1 << 20));
    while (file.size() < bytes) await file.append(noise.subarray(0, bytes - file.size()));
    await file.sync();
  } finally {
    await file.close();
  }
}
