import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { accessSync, constants } from "node:fs";

/** Beyond this an answer is not one. */
const answerBytesMax = 1 << 20;

interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Folders, as in PATH. */
  readonly path: string;
  readonly timeoutMs: number;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * What a program wrote. It has no input, and an environment of its own; one that takes too long,
 * or writes too much, is killed with all that it started.
 * @throws Error when it is not there, fails, is killed, or says nothing usable
 */
export function askTool({ program, args, path, timeoutMs, signal }: ToolCall): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const file = findProgram(program, path);
    const child = spawn(file, args, {
      cwd: "/",
      detached: true, // A group of its own, to be killed as one.
      env: { PATH: path, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const pieces: Buffer[] = [];
    let bytes = 0;
    let killedFor: string | null = null;
    const kill = (why: string) => {
      killedFor ??= why;
      killGroup(child.pid);
      // What cannot be killed, in the kernel's hands, is waited for no longer.
      child.stdout.destroy();
      child.unref();
      reject(new Error(`${program} ${why}`));
    };
    const timer = setTimeout(() => kill(`did not answer within ${timeoutMs} ms`), timeoutMs);
    const giveUp = () => kill("is not waited for");
    signal.addEventListener("abort", giveUp, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    };
    child.stdout.on("data", (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > answerBytesMax) kill(`wrote more than ${answerBytesMax} bytes`);
    });
    child.on("error", (cause) => {
      settle();
      reject(new Error(`starting ${program}: ${cause.message}`, { cause }));
    });
    child.on("close", (code, endedBy) => {
      settle();
      if (code === 0 && killedFor === null) resolve(Buffer.concat(pieces).toString());
      else reject(new Error(`${program} ended with ${endedBy ?? `exit code ${code}`}`));
    });
  });
}

/** @throws Error when there is no such program on the path */
function findProgram(program: string, path: string): string {
  const files = path.split(delimiter).map((folder) => join(folder, program));
  const found = files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`there is no ${program} in ${path}`);
  return found;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Gone, as it should be.
  }
}
