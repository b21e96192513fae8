import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, open, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { EngineRef, RunFolders, RunReport, RunSpec } from "../engine.ts";
import type { ProcessIdentity } from "./processes.ts";

/*
 * A keeper's folder:
 *   keeper/                    lock, pid, log and socket of the keeper; usage noted so far
 *   runs/RUN.GENERATION/       run.json  what was asked, and which processes it became
 *                              exit.json the last report, once it has ended
 *                              out/      REPLICA.stdout, REPLICA.stderr
 *                              job/      what the run's user may read: script, environment
 *                              work/     where the command starts; inputs and outputs
 *                              tmp/
 *   checkpoints/JOB/           kept from run to run
 */

/** What is known of a run that has been started. Written before its command begins. */
export interface RunRecord {
  readonly version: 1;
  readonly ref: EngineRef;
  readonly spec: RunSpec;
  readonly startedAtMs: number;
  readonly placement: RunReport["placement"];
  readonly isolation: RunReport["isolation"];
  readonly uid: number | null;
  readonly cgroups: readonly string[];
  /** Per replica: the outermost process of its chain, and the first inside. */
  readonly processes: readonly {
    readonly outer: ProcessIdentity | null;
    readonly init: ProcessIdentity | null;
  }[];
}

export interface StatePaths {
  readonly root: string;
  readonly keeper: string;
  readonly runs: string;
  readonly checkpoints: string;
}

export const statePaths = (root: string): StatePaths => ({
  root: resolve(root),
  keeper: resolve(root, "keeper"),
  runs: resolve(root, "runs"),
  checkpoints: resolve(root, "checkpoints"),
});

export interface RunPaths {
  readonly folder: string;
  readonly record: string;
  readonly exit: string;
  readonly out: string;
  readonly job: string;
  readonly work: string;
  readonly tmp: string;
  readonly checkpoint: string;
}

export const handleOf = (run: { readonly run: string; readonly generation: number }): string =>
  `${run.run}.${run.generation}`;

export const refOf = (spec: RunSpec): EngineRef => ({
  engine: "host",
  run: spec.run,
  generation: spec.generation,
  handle: handleOf(spec),
});

export function runPaths(state: StatePaths, spec: RunSpec): RunPaths {
  const folder = join(state.runs, handleOf(spec));
  return {
    folder,
    record: join(folder, "run.json"),
    exit: join(folder, "exit.json"),
    out: join(folder, "out"),
    job: join(folder, "job"),
    work: join(folder, "work"),
    tmp: join(folder, "tmp"),
    checkpoint: join(state.checkpoints, spec.job),
  };
}

export const outputFile = (
  state: StatePaths,
  ref: EngineRef,
  { replica, stream }: { readonly replica: number; readonly stream: "stdout" | "stderr" },
): string => join(state.runs, handleOf(ref), "out", `${replica}.${stream}`);

/** Makes the keeper's folders. Others may pass through them, for a run is another user. */
export function makeState(state: StatePaths): void {
  mkdirSync(state.root, { recursive: true, mode: 0o711 });
  mkdirSync(state.keeper, { recursive: true, mode: 0o700 });
  mkdirSync(state.runs, { recursive: true, mode: 0o711 });
  mkdirSync(state.checkpoints, { recursive: true, mode: 0o711 });
}

/** Makes a run's folders; those that are there stay as they are. */
export async function makeRunFolders(state: StatePaths, spec: RunSpec): Promise<RunFolders> {
  const paths = runPaths(state, spec);
  const folders = { work: paths.work, checkpoint: paths.checkpoint };
  // Once started, the folders are the run's own: it may have put links where folders were.
  if (existsSync(paths.record)) return folders;
  await mkdir(paths.folder, { recursive: true, mode: 0o711 });
  const own = [paths.out, paths.job, paths.work, paths.tmp, paths.checkpoint];
  await Promise.all(own.map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  if (spec.checkpoint !== null) await linkCheckpoint(paths, spec.checkpoint);
  return folders;
}

async function linkCheckpoint(paths: RunPaths, name: string): Promise<void> {
  const link = resolve(paths.work, name);
  await mkdir(dirname(link), { recursive: true, mode: 0o700 });
  try {
    await symlink(relative(dirname(link), paths.checkpoint), link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/**
 * Writes a JSON file so that a reader sees the old content or the new, whole. A durable one
 * outlives a power cut as well; it costs a few milliseconds of disk.
 */
export async function writeJson(
  path: string,
  value: unknown,
  { durable }: { readonly durable: boolean },
): Promise<void> {
  const temporary = `${path}.${process.pid}.${++written}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  if (durable) await syncFolder(dirname(path));
}

let written = 0;

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A JSON file of our own making; undefined when there is none, or a power cut left half of it. */
function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing || error instanceof SyntaxError) return undefined;
    throw new Error(`reading ${path}`, { cause: error });
  }
}

export interface StoredRun {
  readonly record: RunRecord;
  /** Undefined: it had not ended when its keeper last wrote. */
  readonly exit: RunReport | undefined;
}

/** Every run that was started in this folder and not yet forgotten. */
export function storedRuns(state: StatePaths): StoredRun[] {
  return readdirSync(state.runs).flatMap((name) => {
    const record = readJson<RunRecord>(join(state.runs, name, "run.json"));
    if (record === undefined) return []; // Prepared, never started.
    return [{ record, exit: readJson<RunReport>(join(state.runs, name, "exit.json")) }];
  });
}

/** Removes a folder with all in it, what its user has made unreadable too. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    await openUp(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function openUp(path: string): Promise<void> {
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(path, entry.name));
  }
}
