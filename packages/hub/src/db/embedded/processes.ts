import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** A process, told apart from a later one that was given the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it began, in the system's own words: clock ticks since boot, or a date. */
  readonly began: string;
  /** Boot and pid namespace: the number means nothing elsewhere. */
  readonly machine: string;
}

export interface LiveProcess {
  readonly began: string;
  /** The name of its program, without a folder. */
  readonly program: string;
  /** Its current folder; undefined where the system does not say or not to us. */
  readonly folder: string | undefined;
}

/** The process as it is now; undefined when it is over. A zombie is over: it holds nothing. */
export function liveProcess(pid: number): LiveProcess | undefined {
  return process.platform === "linux" ? fromProc(pid) : liveProcessByPs(pid);
}

export function ownProcessId(): ProcessId {
  const began = liveProcess(process.pid)?.began ?? "";
  return { pid: process.pid, began, machine: machine() };
}

/**
 * `elsewhere`: it belongs to another container or another boot, so its number says nothing here.
 */
export function whetherAlive(id: ProcessId): "alive" | "over" | "elsewhere" {
  if (id.machine !== machine()) return "elsewhere";
  return liveProcess(id.pid)?.began === id.began ? "alive" : "over";
}

function machine(): string {
  if (process.platform !== "linux") return process.platform;
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
}

/** `/proc/<pid>/stat`: pid (program) state … with the 22nd field the start in ticks since boot. */
function fromProc(pid: number): LiveProcess | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const program = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { program, began: fields[19] ?? "", folder: currentFolder(pid) };
}

function currentFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** The same by `ps`, which tells less: for systems without /proc. */
export function liveProcessByPs(pid: number): LiveProcess | undefined {
  let line: string;
  try {
    const format = ["-o", "stat=,lstart=,comm="];
    line = execFileSync("ps", [...format, "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
  const [, state, began, program] = /^(\S+)\s+(.{24})\s+(.*)$/.exec(line) ?? [];
  if (!state || state.startsWith("Z")) return undefined;
  return { began: began ?? "", program: (program ?? "").replace(/^.*\//, ""), folder: undefined };
}
