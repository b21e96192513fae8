import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A process of one of our own programs, started by a test and gone after it. */
export interface Child {
  readonly pid: number;
  /** The next line it says that matches, passing over others. @throws Error when it ends before */
  says(pattern: RegExp): Promise<string>;
  /** All that it has said and that was not passed over. */
  said(): string;
  writeLine(line: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
}

export interface ChildOptions {
  /** A program in this folder, e.g. `opener.ts`. */
  readonly program: string;
  readonly args: readonly string[];
  /** What runs Node, e.g. `setpriv` with its options. */
  readonly wrapper?: readonly string[];
  /** In a process group of its own, as a shell starts what is in the foreground. */
  readonly ownGroup?: boolean;
}

export function startChild({ program, args, wrapper = [], ownGroup }: ChildOptions): Child {
  const script = path.join(import.meta.dirname, program);
  const [command = "", ...rest] = [...wrapper, process.execPath, script, ...args];
  const child = spawn(command, rest, {
    stdio: ["pipe", "pipe", "inherit"],
    detached: ownGroup ?? false,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let passed = "";
  let open = true;
  const ended = once(child, "close").then(() => (open = false));

  async function nextLine(): Promise<string> {
    while (!text.includes("\n")) {
      if (!open) throw new Error(`${program} ended and said only: ${passed}${text}`);
      await Promise.race([once(child.stdout, "data"), ended]);
    }
    const end = text.indexOf("\n");
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  }
  child.stdout.on("data", (bytes) => (text += String(bytes)));

  return {
    pid: child.pid ?? 0,
    ended,
    said: () => text,
    says: async (pattern) => {
      for (;;) {
        const line = await nextLine();
        if (pattern.test(line)) return line;
        passed += `${line}\n`;
      }
    },
    writeLine: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
  };
}

/** The first number in a line that a child says. */
export function numberIn(line: string): number {
  return Number(/\d+/.exec(line)?.[0]);
}
