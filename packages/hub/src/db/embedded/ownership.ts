import { chmod, lchown, lstat, readdir } from "node:fs/promises";
import path from "node:path";

/**
 * Gives a folder and all in it to a user. The folder itself is handed over last, so that a walk
 * that was cut short is seen, and done again, at the next start.
 */
export async function giveTo(folder: string, uid: number): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(path.join(folder, entry), uid, uid);
  }
  await lchown(folder, uid, uid);
}

/** Makes a folder's files readable, and its folders and programs enterable, for everybody. */
export async function openToAll(folder: string): Promise<void> {
  for (const entry of ["", ...(await readdir(folder, { recursive: true }))]) {
    const file = path.join(folder, entry);
    const status = await lstat(file);
    if (status.isSymbolicLink()) continue;
    const enter = (status.mode & 0o100) === 0 ? 0o444 : 0o555;
    await chmod(file, status.mode | enter);
  }
}

export async function ownerOf(folder: string): Promise<number> {
  return (await lstat(folder)).uid;
}
