import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";

/** One of our programs, run for a test. It may be killed and started again under the same name. */
export interface TestProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with how it ended: an exit code, or a signal's name. */
  readonly ended: Promise<number | string>;
  isAlive(): boolean;
  /** A process that is gone already is no error. */
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end, and kills it when it has not after a while. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface ProcessSpec {
  readonly name: string;
  /** A TypeScript file and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Logs, temporary files and whatever else belongs to the test: it marks what is ours. */
  readonly folder: string;
}

const patienceMs = 20_000;

/** Starts a program with its output in `<folder>/logs/<name>.log`, behind what is there. */
export function startProcess({ name, command, env, folder }: ProcessSpec): TestProcess {
  const log = openLog(folder, name);
  writeSync(log, `--- ${new Date().toISOString()} started\n`);
  const child = spawn(process.execPath, [...command], {
    stdio: ["ignore", log, log],
    env: { ...inherited(), TMPDIR: temporaryIn(folder), ...env },
  });
  closeSync(log);
  const ended = endOf(child);
  return {
    name,
    ended,
    pid: child.pid ?? 0,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    stop: async (signal = "SIGTERM") => {
      child.kill("SIGCONT");
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      const how = await ended;
      clearTimeout(timer);
      return how;
    },
  };
}

/** Runs a program to its end. @throws Error with its output when it fails */
export async function runToEnd(spec: ProcessSpec): Promise<void> {
  const how = await startProcess(spec).ended;
  if (how !== 0)
    throw new Error(`${spec.name} ended with ${how}: ${tailOf(spec.folder, spec.name)}`);
}

/** The last lines that a process wrote, all its starts together. */
export function tailOf(folder: string, name: string, lines = 30): string {
  const text = readFileSync(logFile(folder, name), "utf8");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

const logFile = (folder: string, name: string) => path.join(folder, "logs", `${name}.log`);

function openLog(folder: string, name: string): number {
  mkdirSync(path.join(folder, "logs"), { recursive: true });
  return openSync(logFile(folder, name), "a");
}

/** Inside the test's folder, so that even a process with a bare environment can be known by it. */
function temporaryIn(folder: string): string {
  const temporary = path.join(folder, "tmp");
  mkdirSync(temporary, { recursive: true, mode: 0o711 });
  return temporary;
}

/** The shell's own settings of hubs and agents must not reach those under test. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !name.startsWith("WADI_") && !name.startsWith("VITEST") && name !== "DATABASE_URL",
    ),
  );

async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code ?? 0;
}
