import { readdir, readFile } from "node:fs/promises";

/** What a process has used so far. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** A process and all below it, added up; those that ended since count no more. */
export async function useOfTree(root: number): Promise<ProcessUse> {
  const all = await readProcesses();
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree = [];
  const open = all.filter(({ pid }) => pid === root);
  for (let one = open.pop(); one; one = open.pop()) {
    tree.push(one);
    open.push(...(children.get(one.pid) ?? []));
  }
  return {
    cpuSeconds: tree.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond,
    residentMiB: tree.reduce((sum, { residentMiB }) => sum + residentMiB, 0),
  };
}

/** One process alone. */
export async function useOf(pid: number): Promise<ProcessUse> {
  const one = await readProcess(String(pid));
  return { cpuSeconds: (one?.ticks ?? 0) / ticksPerSecond, residentMiB: one?.residentMiB ?? 0 };
}

async function readProcesses() {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(names.map(readProcess));
  return read.filter((one) => one !== undefined);
}

async function readProcess(pid: string) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [, parent] = fields;
    // Fields 14 to 17 of proc(5): own time, and that of children that were waited for.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const residentMiB = (Number(fields[21]) * 4096) / 2 ** 20;
    return { pid: Number(pid), parent: Number(parent), ticks, residentMiB };
  } catch {
    return undefined; // it ended while we looked
  }
}
