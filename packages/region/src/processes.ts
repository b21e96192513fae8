import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { childEnvironment } from "./config.ts";

/** A process of the region, with its output going to a file of its own. */
export interface RegionProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Rejects when the process ends before it was asked to. */
  readonly unexpectedEnd: Promise<never>;
  /** Asks it to end, and makes it after `patienceMs`. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ProcessSpec {
  readonly name: string;
  /** A TypeScript file and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
}

/** So long a process may take to end in good order. */
const patienceMs = 20_000;

/**
 * Starts a process in a session of its own: Ctrl-C of the terminal reaches only us, so that we can
 * stop things in order, agents before the hub.
 */
export async function startProcess(spec: ProcessSpec): Promise<RegionProcess> {
  await mkdir(spec.logs, { recursive: true });
  const logFile = join(spec.logs, `${spec.name}.log`);
  const log = createWriteStream(logFile, { flags: "a" });
  await new Promise((resolve, reject) => log.once("open", resolve).once("error", reject));
  const child = spawn(process.execPath, [...spec.command], {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...childEnvironment(), ...spec.env },
  });
  const ended = endOf(child);
  let isStopping = false;
  const unexpectedEnd = ended.then(async (how): Promise<never> => {
    if (isStopping) return new Promise(() => {});
    throw new Error(
      `${spec.name} ended ${how}. Its last words, from ${logFile}:\n${await tail(logFile)}`,
    );
  });
  unexpectedEnd.catch(() => {}); // whoever waits for something of the process is told
  return {
    name: spec.name,
    pid: child.pid!,
    logFile,
    unexpectedEnd,
    stop: async () => {
      isStopping = true;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await ended;
      clearTimeout(timer);
      log.end();
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`before it began: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(signal === null ? `with exit code ${code}` : `by ${signal}`),
    );
  });
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}

/** Asks again and again until `ready` gives something; ends with the process's own end. */
export async function until<T>(
  ready: () => Promise<T | undefined>,
  {
    by,
    everyMs = 50,
    timeoutMs = 120_000,
  }: {
    by: RegionProcess;
    everyMs?: number;
    timeoutMs?: number;
  },
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await Promise.race([ready(), by.unexpectedEnd]);
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new Error(`${by.name} was not ready after ${timeoutMs / 1000} s; see ${by.logFile}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
