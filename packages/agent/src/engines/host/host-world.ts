import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { asId, mebibytes, type HostId } from "@wadi/core/units";
import { cardsPerHost, model, type ContractCommands, type Told } from "../contract/world.ts";
import type { Engine } from "../engine.ts";
import { hostDefaults, type HostConfig } from "./config.ts";
import { closeKeeper, openHostEngine, type HostEngineOptions } from "./host-engine.ts";
import { allProcesses } from "./processes.ts";

/** A real keeper in a folder of its own, for tests. */
export interface HostWorld {
  readonly folder: string;
  readonly engine: Engine;
  reopen(): Promise<Engine>;
  loseRuns(): Promise<void>;
  pass(ms: number): Promise<void>;
  processes(): number;
  end(): Promise<void>;
}

const aHost = (id: string) => ({
  id: asId<HostId>(id),
  cpuCores: 64,
  memory: mebibytes(65_536),
  cards: [{ model, count: cardsPerHost }],
});

export const hostConfig: HostConfig = { ...hostDefaults, hosts: [aHost("h1"), aHost("h2")] };

/** A world whose folder other users can reach, unless the test wants it otherwise. */
export function makeHostWorld(
  differing: Partial<HostEngineOptions> & { readonly mode?: number } = {},
): HostWorld {
  const { mode = 0o711, ...options } = differing;
  const base = mkdtempSync(join(tmpdir(), "wadi-host-"));
  chmodSync(base, mode);
  const folder = join(base, "engine");
  const open = () => openHostEngine({ folder, config: hostConfig, keeperIdleMs: 5000, ...options });
  const engines = [open()];
  return {
    folder,
    engine: engines[0]!,
    async reopen() {
      const engine = open();
      engines.push(engine);
      return engine;
    },
    loseRuns: () => killKeeper(folder),
    pass: (ms) => sleep(ms),
    processes: () => processesOf(folder).length,
    async end() {
      // A keeper that the test killed may have left what only the next one clears away.
      const last = open();
      await last.describe(AbortSignal.timeout(30_000));
      await last.close();
      await closeKeeper(folder);
      await Promise.all(engines.map((engine) => engine.close()));
      // Of a keeper that a test has killed, the runs may be dying still.
      for (let i = 0; i < 100 && processesOf(folder).length > 0; i++) await sleep(10);
      const left = processesOf(folder);
      for (const pid of left) process.kill(pid, "SIGKILL");
      rmSync(base, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`${left.length} processes of runs were left`);
    },
  };
}

/** Kills a keeper as it stands. Returns when it is gone; its runs may take a moment longer. */
export async function killKeeper(folder: string): Promise<void> {
  const pid = Number(readFileSync(join(folder, "keeper", "pid"), "utf8"));
  process.kill(pid, "SIGKILL");
  while (allProcesses().get(pid)?.zombie === false) await sleep(2);
}

/** Processes whose place or environment is in the folder: all of its runs', chains included. */
function processesOf(folder: string): number[] {
  return [...allProcesses().values()].flatMap(({ pid, zombie }) => {
    if (zombie) return [];
    const texts = [() => readlinkSync(`/proc/${pid}/cwd`), () => environmentOf(pid)];
    return texts.some((read) => textOf(read).includes(`${folder}/runs`)) ? [pid] : [];
  });
}

const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, "utf8");

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // Gone, or another's.
  }
}

export const sh = (script: string, ...args: string[]): Told => ({
  command: { kind: "command", argv: ["/bin/sh", "-c", script, "sh", ...args] },
  env: {},
});

/** What the contract asks of runs, in a shell's words. */
export const shellCommands: ContractCommands = {
  endingAfter: (ms, exitCode = 0) =>
    sh(ms === 0 ? 'exit "$2"' : 'sleep "$1"; exit "$2"', String(ms / 1000), String(exitCode)),
  endedBy: (signal) => sh('kill -s "$1" $$', signal.replace("SIG", "")),
  printing: ({ stdout, stderr }, ms) =>
    sh('printf %s "$1"; printf %s "$2" >&2; sleep "$3"', stdout, stderr, String(ms / 1000)),
  deaf: () => sh("trap '' TERM; while :; do sleep 1; done"),
};
