import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** What the journal asks of the disk. Tests give one that tears, fills up and loses power. */
export interface Disk {
  /** The names in a folder, in no order. */
  names(folder: string): Promise<string[]>;
  makeFolder(folder: string): Promise<void>;
  /** Opens for reading and writing; makes the file where there is none. */
  open(path: string): Promise<DiskFile>;
  /** Undefined where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Puts the whole content in place, durably: after a crash the file has the old or the new. */
  replace(path: string, content: string): Promise<void>;
  /** Removing what is not there succeeds. */
  remove(path: string): Promise<void>;
  /** Makes the names in the folder durable. */
  syncFolder(folder: string): Promise<void>;
}

export interface DiskFile {
  size(): number;
  /** Writes at the end. When it throws, any part of the data may have been written. */
  append(data: Uint8Array): Promise<void>;
  /** What was appended before is durable when this returns. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  read(range: { from: number; to: number }): Promise<Buffer>;
  close(): Promise<void>;
}

/** Whether the disk, or our quota of it, is full. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

/** The machine's own disk. Files are for this user's eyes only. */
export const realDisk: Disk = {
  names: (folder) => readdir(folder),
  makeFolder: async (folder) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  open: async (path) => {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    return realFile(handle, (await handle.stat()).size);
  },
  read: async (path) => {
    try {
      return await readFile(path);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  },
  replace: async (path, content) => {
    const draft = `${path}.new`;
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  },
  remove: (path) => rm(path, { force: true }),
  syncFolder,
};

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function realFile(handle: FileHandle, sizeAtOpen: number): DiskFile {
  let size = sizeAtOpen;
  return {
    size: () => size,
    append: async (data) => {
      for (let done = 0; done < data.length;) {
        const { bytesWritten } = await handle.write(data, done, data.length - done, size);
        done += bytesWritten;
        size += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: async (to) => {
      await handle.truncate(to);
      size = to;
    },
    read: async ({ from, to }) => {
      const buffer = Buffer.alloc(to - from);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}
