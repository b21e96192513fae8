import type { Environment } from "./config.ts";
import { painter, type Paint } from "./show/colour.ts";

/** Where a command writes, and what whoever reads there can see. */
export interface Terminal {
  /** Writes lines of the answer to standard output. */
  readonly print: (...lines: string[]) => void;
  /** Writes to standard output as it is. */
  readonly write: (content: string | Uint8Array) => void;
  /** Writes to standard error as it is. */
  readonly writeError: (content: string | Uint8Array) => void;
  /** Writes lines beside the answer to standard error. */
  readonly note: (...lines: string[]) => void;
  /** Resolves when all that was printed is out, and never where its reader has gone. */
  readonly written: () => Promise<void>;
  /** In columns; infinite where nobody looks. */
  readonly width: number;
  readonly paint: Paint;
  /** Colours for what goes to standard error. */
  readonly paintNote: Paint;
  /** Whether `during` shows anything: somebody looks, on a terminal that can move its cursor. */
  readonly isWatched: boolean;
  /** A word on standard error on what is being waited for; shown after half a second only. */
  readonly during: <T>(what: string | (() => string), work: Promise<T>) => Promise<T>;
}

interface Out {
  write(content: string | Uint8Array, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function openTerminal(
  { stdout, stderr }: { stdout: Out; stderr: Out },
  { columns, plain }: Pick<Environment, "columns" | "plain">,
): Terminal {
  const isSeen = stdout.isTTY === true;
  const notesAreSeen = stderr.isTTY === true;
  const write = (content: string | Uint8Array) => void stdout.write(content);
  const writeError = (content: string | Uint8Array) => void stderr.write(content);
  return {
    write,
    writeError,
    print: (...lines) => write(lines.map((line) => `${line}\n`).join("")),
    note: (...lines) => lines.forEach((line) => writeError(`${line}\n`)),
    written: () => new Promise((resolve) => stdout.write("", () => resolve())),
    width: columns ?? (isSeen ? stdout.columns || 80 : Infinity),
    paint: painter(isSeen && !plain),
    paintNote: painter(notesAreSeen && !plain),
    isWatched: notesAreSeen && !plain,
    during: (what, work) => (notesAreSeen && !plain ? spin(stderr, what, work) : work),
  };
}

const patienceMs = 500;
const frameMs = 100;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clearLine = "\r\u001B[K";

async function spin<T>(stderr: Out, what: string | (() => string), work: Promise<T>): Promise<T> {
  const words = typeof what === "string" ? () => what : what;
  let ticks = 0;
  const clock = setInterval(() => {
    ticks += 1;
    if (ticks * frameMs < patienceMs) return;
    stderr.write(`${clearLine}${frames[ticks % frames.length]} ${words()}`);
  }, frameMs);
  try {
    return await work;
  } finally {
    clearInterval(clock);
    if (ticks * frameMs >= patienceMs) stderr.write(clearLine);
  }
}
