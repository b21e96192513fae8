import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const imageBytes = 400 * 2 ** 20;

/**
 * A disk of our own: a file with a file system in it, mounted through a loop device. What is in the
 * file is what a disk would hold if the power went now; what is only in memory is not in it.
 */
export interface LoopDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** The file that it is. */
  readonly image: string;
  unmount(): Promise<void>;
}

/** Makes one below a folder. @throws Error without root, ext4 or a loop device */
export async function makeDisk(below: string): Promise<LoopDisk> {
  const image = path.join(below, "disk");
  await writeFile(image, "");
  await truncate(image, imageBytes);
  await run("mkfs.ext4", ["-q", image]);
  return mountDisk(image);
}

/** Mounts an image beside itself. */
export async function mountDisk(image: string): Promise<LoopDisk> {
  const folder = `${image}-mounted`;
  await mkdir(folder);
  await run("mount", ["-o", "loop", image, folder]);
  return { image, folder, unmount: async () => void (await run("umount", ["--lazy", folder])) };
}

/** Copies the raw disk. Twice the same means that the kernel wrote nothing to it meanwhile. */
export async function copyQuietDisk(image: string): Promise<string> {
  const copy = `${image}-copy`;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await run("cp", ["--sparse=always", image, copy]);
    const same = await run("cmp", [image, copy]).then(
      () => true,
      () => false,
    );
    if (same) return copy;
  }
  throw new Error("the disk did not come to rest");
}

/** A process and its children. */
export async function withChildren(pid: number): Promise<number[]> {
  const all = (await readdir("/proc")).map(Number).filter(Number.isSafeInteger);
  const children = await Promise.all(
    all.map(async (candidate) => {
      const stat = await readFile(`/proc/${candidate}/stat`, "latin1").catch(() => "");
      // The name may hold spaces and parentheses: what follows it is counted from its end.
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(parent) === pid ? [candidate] : [];
    }),
  );
  return [pid, ...children.flat()];
}
