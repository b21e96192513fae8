import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

import { until } from "./until.ts";

/** A process that has the folder in its environment, its arguments, or as its place. */
export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** Processes of a test that still live; none are seen where there is no /proc. */
export function leftoversOf(folder: string): Leftover[] {
  if (!existsSync("/proc")) return [];
  const pids = readdirSync("/proc").map(Number).filter(Number.isSafeInteger);
  return pids.flatMap((pid) => {
    if (pid === process.pid || isZombie(pid)) return [];
    const texts = [
      () => readFileSync(`/proc/${pid}/environ`, "utf8"),
      () => readFileSync(`/proc/${pid}/cmdline`, "utf8"),
      () => readlinkSync(`/proc/${pid}/cwd`),
    ];
    if (!texts.some((read) => quietly(read).includes(folder))) return [];
    const command = quietly(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    return [{ pid, command: command.replaceAll("\0", " ").slice(0, 150) }];
  });
}

/** @throws Error naming what is left after a moment's grace; it is killed first */
export async function assertNoneLeft(folder: string): Promise<void> {
  try {
    await until("no process of the test is left", () => leftoversOf(folder).length === 0, {
      withinMs: 10_000,
    });
  } catch (cause) {
    const left = leftoversOf(folder);
    for (const { pid } of left) quietly(() => String(process.kill(pid, "SIGKILL")));
    const named = left.map(({ pid, command }) => `${pid} ${command}`).join("\n");
    throw new Error(`processes are left:\n${named}`, { cause });
  }
}

const isZombie = (pid: number) =>
  /\) Z /.test(quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8")));

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // gone, or another's
  }
}
