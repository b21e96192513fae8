import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { bootId } from "./boot-clock.ts";

/** A process for good: its id is used again one day, the pair with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks from the machine's start to the process's. */
  readonly startTicks: number;
  readonly bootId: string;
}

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly startTicks: number;
  /** Its own time and that of the children it has waited for. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly zombie: boolean;
}

export const hasProc = process.platform === "linux";

/** /proc counts processor time in USER_HZ, which is 100 on every Linux that Node runs on. */
const msPerTick = 10;

const pageBytes = hasProc ? readPageBytes() : 4096;

function readPageBytes(): number {
  // Not 4 KiB everywhere: arm64 kernels are built with 16 or 64 KiB as well.
  const [, kib] = /KernelPageSize:\s+(\d+) kB/.exec(readFileSync("/proc/self/smaps", "utf8")) ?? [];
  return Number(kib ?? 4) * 1024;
}

/** What /proc says of a process now; undefined when there is none. */
export function statOf(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name may hold spaces and parentheses, so fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    session: field(6),
    startTicks: field(22),
    cpuMs: (field(14) + field(15) + field(16) + field(17)) * msPerTick,
    residentBytes: field(24) * pageBytes,
    zombie: fields[0] === "Z" || fields[0] === "X",
  };
}

/** Every process that can be seen, by pid. Empty where there is no /proc. */
export function allProcesses(): Map<number, ProcessStat> {
  const found = new Map<number, ProcessStat>();
  if (!hasProc) return found;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) found.set(pid, stat);
  }
  return found;
}

/** The processes below `root`, itself included when alive, children after their parents. */
export function treeOf(root: number, all: ReadonlyMap<number, ProcessStat>): ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const stat of all.values()) {
    const siblings = children.get(stat.parent);
    if (siblings) siblings.push(stat);
    else children.set(stat.parent, [stat]);
  }
  const self = all.get(root);
  const tree = self ? [self] : [];
  for (let i = 0; i < tree.length; i++) {
    const below = children.get(tree[i]?.pid ?? -1);
    if (below) tree.push(...below);
  }
  return tree;
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTicks = hasProc ? statOf(pid)?.startTicks : startFromPs(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: bootId() };
}

/** Whether that very process still runs. A zombie is over: it only waits to be counted. */
export function isAlive({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  if (boot !== bootId()) return false;
  if (!hasProc) return startFromPs(pid) === startTicks;
  const stat = statOf(pid);
  return stat !== undefined && !stat.zombie && stat.startTicks === startTicks;
}

/** Where there is no /proc: the second of the start, in Unix milliseconds. */
export function startFromPs(pid: number): number | undefined {
  const env = { PATH: "/bin:/usr/bin", LC_ALL: "C" };
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { env });
  const start = Date.parse(stdout?.toString() ?? "");
  return Number.isNaN(start) ? undefined : start;
}

/** The only child of a process, where it has exactly one. */
export function onlyChild(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
    const [first, second] = text.trim().split(" ");
    return first && second === undefined ? Number(first) : undefined;
  } catch {
    // A kernel without CONFIG_PROC_CHILDREN.
    const children = [...allProcesses().values()].filter(({ parent }) => parent === pid);
    return children.length === 1 ? children[0]?.pid : undefined;
  }
}

/** The process's memory, with its share of what it shares; undefined when that is not shown. */
export function proportionalBytes(pid: number): number | undefined {
  try {
    const [, kib] =
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")) ?? [];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** Whether the process was started with this setting in its environment. */
export function wasStartedWith(pid: number, setting: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(setting);
  } catch {
    return false; // Gone, or another user's.
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
