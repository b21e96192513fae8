import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

import { ownProcessId, type ProcessId } from "./processes.ts";

/** Who holds a database folder, and where its server listens. Written into the lock file. */
export interface Holder {
  readonly hub: ProcessId;
  readonly socketFolder: string;
}

export interface Lock {
  /** To be handed to the server, which holds the lock for as long as any process of it lives. */
  readonly fd: number;
  /** What the one before us wrote; its socket folder may be left over. */
  readonly former: Holder | undefined;
  /** Writes down who we are, for the next one who finds it locked. */
  sign(socketFolder: string): void;
  /** Gives it back, signed by nobody. */
  release(): void;
}

/**
 * Takes the lock on a database folder, without waiting; undefined when it is held. It is an
 * advisory lock of the kernel (flock), shared by every copy of the descriptor: the hub's and those
 * of PostgreSQL's processes. So it ends by itself when the last of them has ended, however they
 * end, and not before: what survives a killed hub cannot be overlooked, and no file needs cleaning
 * up.
 */
export async function tryLock(file: string): Promise<Lock | undefined> {
  const fd = await openLocked(file);
  if (fd === undefined) return undefined;
  const former = readHolder(file);
  return {
    fd,
    former,
    sign: (socketFolder) => {
      ftruncateSync(fd);
      writeSync(fd, JSON.stringify({ hub: ownProcessId(), socketFolder } satisfies Holder), 0);
    },
    release: () => {
      ftruncateSync(fd);
      closeSync(fd);
    },
  };
}

/** Who signed last; undefined when nobody did, or is just doing so. */
export function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** Node has no flock: util-linux locks our descriptor for us; macOS can lock while opening. */
async function openLocked(file: string): Promise<number | undefined> {
  if (process.platform === "darwin") return openLockedOnMac(file);
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  const flock = spawn("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "ignore", fd] });
  try {
    const [code] = (await once(flock, "exit")) as [number | null];
    if (code === 0) return fd;
  } catch (cause) {
    closeSync(fd);
    throw new Error("locking the database needs `flock` (Debian: apt-get install util-linux)", {
      cause,
    });
  }
  closeSync(fd);
  return undefined;
}

const O_EXLOCK = 0x20; // <fcntl.h> of macOS

function openLockedOnMac(file: string): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  try {
    return openSync(file, flags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}
