import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { readReport, type CommandEnd } from "./isolation/init.ts";
import { identityOf, onlyChild, type ProcessIdentity } from "./processes.ts";

/** One replica of a run: a chain of processes and the command's tree at its end. */
export interface Replica {
  /** The outermost process: our child. Its exit means that nothing inside is left. */
  readonly outer: ProcessIdentity | null;
  /** The init at the chain's end; the same as `outer` where there is no namespace. */
  readonly init: ProcessIdentity | null;
  /** Lets the command begin. */
  begin(): void;
  /** The command has ended, though others of its tree may live. Null: its init was killed. */
  readonly ended: Promise<CommandEnd | null>;
  /** Lets the init go, which ends a namespace with all in it. */
  release(): void;
  /** The outermost process is gone, and this is how; for when the init could not tell. */
  readonly gone: Promise<{ readonly signal: NodeJS.Signals | null }>;
}

export interface ReplicaCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Of the chain, not of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Open files for the command's output; closed here. */
  readonly stdout: number;
  readonly stderr: number;
}

/** How long a chain may take to come up; a machine that thrashes needs seconds. */
const readyWithinMs = 20_000;

/**
 * Starts a chain and waits until its init is ready to begin the command.
 * @throws Error with what the chain said, when it does not get there; nothing is left of it then
 */
export async function raiseReplica(asked: ReplicaCommand): Promise<Replica> {
  const [program = "", ...args] = asked.command;
  const child = spawn(program, args, {
    cwd: asked.cwd,
    env: asked.env,
    // 2 is the init's line to us; the command gets the file on 3 as its stderr.
    stdio: ["ignore", asked.stdout, "pipe", asked.stderr],
    detached: true,
  });
  closeSync(asked.stdout);
  closeSync(asked.stderr);
  const line = openLine(child);
  const gone = new Promise<{ signal: NodeJS.Signals | null }>((resolve) => {
    // "close" comes after "exit", when the init's last words have been read as well.
    child.once("close", (_code, signal) => resolve({ signal }));
    child.once("error", () => resolve({ signal: null }));
  });

  await readiness(child, line, gone);
  const outer = child.pid === undefined ? null : (identityOf(child.pid) ?? null);
  const inner = child.pid === undefined ? undefined : onlyChild(child.pid);
  const init = inner === undefined ? outer : (identityOf(inner) ?? null);
  return {
    outer,
    init,
    begin: () => line.answer(),
    ended: Promise.race([line.report, gone.then(() => line.lastReport())]),
    release: () => line.answer(),
    gone,
  };
}

interface Line {
  readonly ready: Promise<void>;
  readonly report: Promise<CommandEnd>;
  lastReport(): CommandEnd | null;
  said(): string;
  answer(): void;
}

/** The init's end of the conversation, read as it comes. */
function openLine(child: ChildProcess): Line {
  const ready = Promise.withResolvers<void>();
  const report = Promise.withResolvers<CommandEnd>();
  const socket = child.stdio[2] as Duplex;
  let before = "";
  let after: string | undefined;
  const reportSoFar = () => readReport(after ?? "", constants.signals);

  socket.setEncoding("utf8");
  socket.on("error", () => undefined); // A dead init is told by its exit.
  socket.on("data", (text: string) => {
    if (after === undefined) {
      before += text;
      const [said = "", rest] = before.split(/^ready\n/m);
      if (rest === undefined) return;
      before = said;
      after = rest;
      ready.resolve();
    } else after += text;
    const whole = reportSoFar();
    if (whole) report.resolve(whole);
  });
  return {
    ready: ready.promise,
    report: report.promise,
    lastReport: () => reportSoFar() ?? null,
    said: () => before.trim(),
    answer: () => void socket.write("go\n"),
  };
}

async function readiness(
  child: ChildProcess,
  line: Line,
  gone: Promise<{ readonly signal: NodeJS.Signals | null }>,
): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => {
    child.once("error", (cause) => reject(new Error(`starting ${child.spawnfile}`, { cause })));
    void gone.then(() => setImmediate(() => reject(new Error(line.said() || "it ended at once"))));
  });
  failed.catch(() => undefined); // Later than ready, this is no failure.
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    late.reject(new Error(`it was not ready within ${readyWithinMs} ms: ${line.said()}`));
  }, readyWithinMs);
  try {
    await Promise.race([line.ready, failed, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
