import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What the control groups of this machine let us limit, and where. */
export interface CgroupBase {
  readonly version: 1 | 2;
  /** Parent folder by controller; one and the same for all in version 2. */
  readonly folders: Partial<Readonly<Record<Controller, string>>>;
}

const controllers = ["memory", "cpu", "pids"] as const;
type Controller = (typeof controllers)[number];

export interface Limits {
  readonly memoryBytes: number;
  readonly cpuMillis: number;
  readonly processes: number;
}

/** One replica's group; in version 1 one folder per controller. */
export interface Cgroup {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

/** Our own group below the delegated one: a group with limits below it may hold no processes. */
const leaf = "wadi-agent";

/** Files to write for each limit: the first of each must take, others need not be there. */
const limitFiles: Record<1 | 2, Record<Controller, (limits: Limits) => [string, string][]>> = {
  1: {
    memory: ({ memoryBytes }) => [
      ["memory.limit_in_bytes", String(memoryBytes)],
      ["memory.memsw.limit_in_bytes", String(memoryBytes)],
    ],
    cpu: ({ cpuMillis }) => [["cpu.cfs_quota_us", String(quotaUs(cpuMillis))]],
    pids: ({ processes }) => [["pids.max", String(processes)]],
  },
  2: {
    memory: ({ memoryBytes }) => [
      ["memory.max", String(memoryBytes)],
      ["memory.swap.max", "0"],
    ],
    cpu: ({ cpuMillis }) => [["cpu.max", `${quotaUs(cpuMillis)} 100000`]],
    pids: ({ processes }) => [["pids.max", String(processes)]],
  },
};

/** Of the kernel's own period of 100 ms; it takes no less than 1 ms. */
const quotaUs = (cpuMillis: number) => Math.max(1000, cpuMillis * 100);

/** Makes a group with its limits. @throws when one cannot be set: then no limit may be claimed */
export function makeCgroup(base: CgroupBase, name: string, limits: Limits): Cgroup {
  const folders = new Set<string>();
  for (const controller of controllers) {
    const parent = base.folders[controller];
    if (parent === undefined) continue;
    const folder = join(parent, name);
    mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const [first, ...others] = limitFiles[base.version][controller](limits);
    if (first) writeFileSync(join(folder, first[0]), first[1]);
    for (const [file, value] of others) writeWherePresent(join(folder, file), value);
  }
  return { version: base.version, folders: [...folders] };
}

function writeWherePresent(path: string, value: string): void {
  try {
    // Never created: a control file is there or the kernel has no such control.
    writeFileSync(path, value, { flag: "r+" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EACCES" && code !== "EPERM") throw error;
  }
}

/**
 * Files that move whoever writes 0 into them. A thread that moves itself alone, which only version
 * 1 allows, spares newer kernels a lock that takes them some ten milliseconds: a start in 10 ms
 * and not in 20, as measured on Linux 6.18.
 */
export const enterFiles = ({ version, folders }: Cgroup): string[] =>
  folders.map((folder) => join(folder, version === 1 ? "tasks" : "cgroup.procs"));

/** How often the kernel has killed in the group because its memory was used up. */
export function oomKills({ folders, version }: Cgroup): number {
  const file = version === 2 ? "memory.events" : "memory.oom_control";
  const texts = folders.map((folder) => readOr(join(folder, file), ""));
  return Math.max(...texts.map((text) => Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0)), 0);
}

/** The processes in the group, whoever their parents are now. */
export function membersOf({ folders }: Cgroup): number[] {
  const lists = folders.map((folder) => readOr(join(folder, "cgroup.procs"), ""));
  return [...new Set(lists.join("\n").split("\n").filter(Boolean).map(Number))];
}

/** Removes a group; one that still holds processes stays. @returns whether it is gone */
export function removeCgroup(folders: readonly string[]): boolean {
  return folders
    .map((folder) => {
      try {
        rmdirSync(folder);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT";
      }
    })
    .every(Boolean);
}

/** The same, with a second's patience: the kernel takes a moment to let go of a killed process. */
export async function removeCgroupSoon(folders: readonly string[]): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    if (removeCgroup(folders)) return true;
    await sleep(25);
  }
  return false;
}

/** Removes all empty groups whose names begin so: what a keeper that was killed may have left. */
export function sweepCgroups(prefix: string): void {
  const parents = Object.values(findCgroupBase()?.folders ?? {});
  for (const parent of new Set(parents)) {
    const names = readdirSync(parent).filter((name) => name.startsWith(prefix));
    removeCgroup(names.map((name) => join(parent, name)));
  }
}

/** The version 2 group that a process is in: how a scope of systemd's is found. */
export function cgroupOf(pid: number): Cgroup | undefined {
  const path = /^0::(\/.+)$/m.exec(readOr(`/proc/${pid}/cgroup`, ""))?.[1];
  const mount = mounts().find(({ version }) => version === 2);
  return path && mount ? { version: 2, folders: [join(mount.at, path)] } : undefined;
}

/**
 * The delegated group of version 2 that we were started in, made ready for groups below it. As
 * root also version 1, where it is still mounted. Undefined when neither can be used.
 */
export function findCgroupBase(): CgroupBase | undefined {
  return version2() ?? (process.getuid?.() === 0 ? version1() : undefined);
}

function version2(): CgroupBase | undefined {
  const mount = mounts().find(({ version }) => version === 2);
  const path = /^0::(\/.*)$/m.exec(readOr("/proc/self/cgroup", ""))?.[1];
  if (!mount || path === undefined) return undefined;
  const own = join(mount.at, path);
  const folder = basename(own) === leaf ? dirname(own) : own;
  const found = readOr(join(folder, "cgroup.controllers"), "").split(/\s/);
  const usable = controllers.filter((name) => found.includes(name));
  if (usable.length === 0 || !isWritable(folder)) return undefined;
  try {
    moveToLeaf(folder);
    writeFileSync(
      join(folder, "cgroup.subtree_control"),
      usable.map((name) => `+${name}`).join(" "),
    );
  } catch {
    return undefined; // Not really delegated to us.
  }
  return { version: 2, folders: Object.fromEntries(usable.map((name) => [name, folder])) };
}

function moveToLeaf(folder: string): void {
  // The root of all groups has no type, and is the one group that may hold both.
  if (readOr(join(folder, "cgroup.type"), "") === "") return;
  mkdirSync(join(folder, leaf), { recursive: true });
  for (const pid of membersOf({ version: 2, folders: [folder] })) {
    writeFileSync(join(folder, leaf, "cgroup.procs"), String(pid));
  }
}

function version1(): CgroupBase | undefined {
  const own = readOr("/proc/self/cgroup", "");
  const folders: Partial<Record<Controller, string>> = {};
  for (const name of controllers) {
    const mount = mounts().find(({ version, options }) => version === 1 && options.includes(name));
    const path = new RegExp(`^\\d+:(?:[^:]*,)?${name}(?:,[^:]*)?:(/.*)$`, "m").exec(own)?.[1];
    if (!mount || path === undefined) continue;
    const folder = join(mount.at, path);
    if (isWritable(folder)) folders[name] = folder;
  }
  return Object.keys(folders).length === 0 ? undefined : { version: 1, folders };
}

function mounts(): { at: string; version: 1 | 2; options: string[] }[] {
  return readOr("/proc/self/mounts", "")
    .split("\n")
    .flatMap((line) => {
      const [, at = "", type, options = ""] = line.split(" ");
      const version = type === "cgroup2" ? 2 : type === "cgroup" ? 1 : undefined;
      return version === undefined ? [] : [{ at, version, options: options.split(",") }];
    });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
