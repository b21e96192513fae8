import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** The programs that isolation is made of. All but bwrap and systemd-run are util-linux's. */
export interface Tools {
  readonly sh: string;
  readonly unshare: string | null;
  readonly setpriv: string | null;
  readonly setsid: string | null;
  readonly prlimit: string | null;
  readonly bwrap: string | null;
  readonly systemdRun: string | null;
}

/** Where each tool is, by absolute path, so that nobody's PATH decides what runs as root. */
export function findTools(folders: readonly string[]): Tools {
  const find = (name: string) =>
    folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
  return {
    sh: find("sh") ?? "/bin/sh",
    unshare: find("unshare"),
    setpriv: find("setpriv"),
    setsid: find("setsid"),
    prlimit: find("prlimit"),
    bwrap: find("bwrap"),
    systemdRun: find("systemd-run"),
  };
}

export const toolFolders = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
] as const;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
