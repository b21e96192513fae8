import { constants } from "node:fs";
import { mkdir, open, realpath, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";

/** A path that leads out of the run's folder, by itself or over a link. */
export class LeadsOutside extends Error {
  override readonly name = "LeadsOutside";
}

/**
 * The real path for something new below a folder; folders on the way are made. The folder may hold
 * links that a tenant has made: none is followed out of it.
 * @throws LeadsOutside
 */
export async function placeInside(folder: string, path: string): Promise<string> {
  const root = await realpath(folder);
  const wanted = resolve(root, path);
  if (!isBelow(root, wanted)) throw new LeadsOutside(`"${path}" leads out of the run's folder`);
  let at = root;
  for (const name of dirname(wanted).slice(root.length).split(sep).filter(Boolean)) {
    at = join(at, name);
    await mkdir(at, { mode: 0o755 }).catch(ignoreExisting);
    if ((await realpath(at)) !== at) throw new LeadsOutside(`"${path}" leads over a link`);
  }
  return join(at, basename(wanted));
}

/**
 * Opens a file that a run has left, for reading; it must really lie below one of the folders.
 * Waits for nothing: a pipe is opened, and refused as no file.
 * @returns undefined where there is nothing of that name
 * @throws LeadsOutside; Error where it is no plain file
 */
export async function openInside(
  path: string,
  folders: readonly string[],
): Promise<FileHandle | undefined> {
  const real = await realpath(path).catch(ignoreMissing);
  if (real === undefined) return undefined;
  const roots = await Promise.all(folders.map((folder) => realpath(folder)));
  if (!roots.some((root) => isBelow(root, real))) {
    throw new LeadsOutside("it leads out of the run's folder");
  }
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error("it is no plain file");
    if ((await realpath(path)) !== real) throw new LeadsOutside("it changed while it was opened");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export const isBelow = (root: string, path: string): boolean =>
  path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);

function ignoreExisting(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "EEXIST") throw error;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
