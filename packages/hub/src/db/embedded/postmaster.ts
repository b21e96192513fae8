import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";

import type { Binaries } from "./binaries.ts";
import { lastWords } from "./log-file.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { liveProcess } from "./processes.ts";
import { as, type Guard, guarded, type RunAs } from "./run-as.ts";
import { asArguments, type Settings } from "./settings.ts";

/** One run of the server, from its start to its end. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /**
   * Ends it: sessions are cut, the log is flushed, and the next start needs no recovery (fast
   * shutdown). What takes longer than `fastMs` is ended at once instead; recovery mends it then.
   */
  stop(fastMs: number): Promise<void>;
}

export interface PostmasterOptions {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly runAs: RunAs;
  readonly guard: Guard;
  readonly lockFd: number;
  readonly log: { readonly fd: number; readonly file: string };
  readonly settings: Settings;
  readonly startMsMax: number;
  /** Told when the start takes long, as it does after a crash: the log is being replayed. */
  readonly onSlow: () => void;
}

const pollMs = 20;
const slowMs = 1500;
const immediateMs = 10_000;

/** Resolves once the server takes connections. @throws Error with the server's own last words */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { dataFolder, log, startMsMax, onSlow } = options;
  const child = spawnPostgres(options);
  const ended = once(child, "exit").then(() => child.stdin?.destroy());
  ended.catch(() => {}); // a command that cannot be spawned is seen below
  const began = performance.now();
  let slowTold = false;
  for (;;) {
    const running = readPostmasterPid(dataFolder);
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`the database in ${dataFolder} did not start:\n${lastWords(log.file)}`);
    }
    if (running?.status === "ready" && isOurs(running.pid, child, options.guard)) {
      return { pid: running.pid, ended: ended.then(nothing), stop: stopper(child, running.pid) };
    }
    const tookMs = performance.now() - began;
    if (tookMs > startMsMax) {
      await stopper(child, running?.pid ?? child.pid)(0);
      throw new Error(`the database in ${dataFolder} did not start within ${startMsMax} ms`);
    }
    if (tookMs > slowMs && !slowTold) {
      slowTold = true;
      onSlow();
    }
    await sleep(pollMs);
  }
}

/**
 * It is made the leader of its own session: Ctrl-C in a terminal goes to the whole foreground
 * group, and the server must outlast the hub's own clean end.
 */
function spawnPostgres(options: PostmasterOptions): ChildProcess {
  const { binaries, dataFolder, runAs, guard, lockFd, log, settings } = options;
  const postgres = [path.join(binaries.bin, "postgres"), "-D", dataFolder];
  const [program = "", ...args] = as(
    runAs,
    guarded(guard, [...postgres, ...asArguments(settings)]),
  );
  const child = spawn(program, args, {
    cwd: dataFolder,
    detached: true,
    stdio: [guard === "pipe" ? "pipe" : "ignore", log.fd, log.fd, lockFd],
  });
  child.on("error", () => {}); // no such program: `pid` stays undefined
  child.unref();
  return child;
}

/**
 * The file may still be a former server's. Behind a pipe guard the server is the shell's child and
 * has a pid of its own; with the folder's lock held, a server that lives is ours.
 */
function isOurs(pid: number, child: ChildProcess, guard: Guard): boolean {
  return guard === "pipe" ? liveProcess(pid) !== undefined : pid === child.pid;
}

function stopper(child: ChildProcess, pid: number): (fastMs: number) => Promise<void> {
  return async (fastMs) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exit = once(child, "exit");
    for (const { signal, waitMs } of [
      { signal: "SIGINT", waitMs: fastMs },
      { signal: "SIGQUIT", waitMs: immediateMs },
      { signal: "SIGKILL", waitMs: immediateMs },
    ] as const) {
      sendTo(pid, signal);
      const over = await Promise.race([exit, sleep(waitMs, "late" as const, { ref: false })]);
      if (over !== "late") break;
    }
    child.stdin?.destroy();
  };
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // else it has just ended
  }
}

function nothing(): void {}
