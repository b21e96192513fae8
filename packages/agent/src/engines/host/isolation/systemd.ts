import type { Limits } from "./cgroup.ts";
import type { Tools } from "./tools.ts";

/**
 * Arguments that put what follows into a transient scope of its own: it stays our child, and
 * systemd holds the limits. Not as root: the user's own manager, where limits are delegated to it.
 */
export function systemdScope(tools: Tools, name: string, limits: Limits): string[] {
  return [
    tools.systemdRun ?? "systemd-run",
    process.getuid?.() === 0 ? [] : ["--user"],
    ["--scope", "--quiet", "--collect", `--unit=${name}`],
    ["-p", `MemoryMax=${limits.memoryBytes}`, "-p", "MemorySwapMax=0"],
    ["-p", `CPUQuota=${limits.cpuMillis / 10}%`],
    ["-p", `TasksMax=${limits.processes}`],
    "--",
  ].flat();
}
