import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enterFiles, makeCgroup, membersOf, oomKills, removeCgroup } from "./cgroup.ts";

/*
 * On plain folders: what is written where. That the kernel holds the limits is shown by the host
 * engine's tests, on machines that have control groups.
 */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wadi-cgroup-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const limits = { memoryBytes: 2 ** 30, cpuMillis: 1500, processes: 100 };
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");

test("version 2 has one folder for all", () => {
  mkdirSync(join(folder, "run"));
  writeFileSync(join(folder, "run/memory.swap.max"), "max");
  const base = { version: 2, folders: { memory: folder, cpu: folder, pids: folder } } as const;
  const group = makeCgroup(base, "run", limits);
  expect(group.folders).toEqual([join(folder, "run")]);
  expect(enterFiles(group)).toEqual([join(folder, "run/cgroup.procs")]);
  expect(read("run/memory.max")).toBe("1073741824");
  expect(read("run/memory.swap.max")).toBe("0ax"); // The kernel takes a write as a whole.
  expect(read("run/cpu.max")).toBe("150000 100000");
  expect(read("run/pids.max")).toBe("100");
});

test("version 1 has a folder for each, and what it lacks is not claimed", () => {
  const [memory, cpu] = [join(folder, "memory"), join(folder, "cpu")];
  const group = makeCgroup({ version: 1, folders: { memory, cpu } }, "run", limits);
  expect(group.folders).toEqual([join(memory, "run"), join(cpu, "run")]);
  expect(read("memory/run/memory.limit_in_bytes")).toBe("1073741824");
  expect(read("cpu/run/cpu.cfs_quota_us")).toBe("150000");
});

test("a share below the least that the kernel takes is that least", () => {
  const base = { version: 2, folders: { cpu: folder } } as const;
  makeCgroup(base, "run", { ...limits, cpuMillis: 1 });
  expect(read("run/cpu.max")).toBe("1000 100000");
});

test.each([
  [2, "memory.events", "low 0\nhigh 3\nmax 9\noom 2\noom_kill 2\noom_group_kill 0\n", 2],
  [1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n", 4],
  [2, "other", "", 0],
] as const)("kills for want of memory are read in version %d, %s", (version, file, text, kills) => {
  writeFileSync(join(folder, file), text);
  expect(oomKills({ version, folders: [folder] })).toBe(kills);
});

test("members are those of any of its folders, each once", () => {
  for (const name of ["a", "b"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "a/cgroup.procs"), "12\n34\n");
  writeFileSync(join(folder, "b/cgroup.procs"), "34\n56\n");
  const folders = ["a", "b", "gone"].map((name) => join(folder, name));
  expect(membersOf({ version: 1, folders })).toEqual([12, 34, 56]);
});

test("removing what is gone succeeds, removing what is in use does not", () => {
  mkdirSync(join(folder, "busy/inner"), { recursive: true });
  expect(removeCgroup([join(folder, "gone")])).toBe(true);
  expect(removeCgroup([join(folder, "busy")])).toBe(false);
});
