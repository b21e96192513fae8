import { readFileSync } from "node:fs";

/** How often the kernel has killed for want of memory since the machine's start; 0 when unknown. */
export function machineOomKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "latin1"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
