import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
/** The one of `bin/wadi`. */
const compileCache = fileURLToPath(
  new URL("../../../../node_modules/.cache/compile", import.meta.url),
);

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly hub?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  readonly cwd?: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, which is gone after the tests of its file. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wadi-cli-"));
  folders.push(folder);
  return folder;
}

/** The command line as a process, with nothing of this machine's own configuration. */
export function startWadi(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { hub, env = {}, cwd } = options;
  return spawn(process.execPath, [main, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
    env: {
      PATH: "/usr/bin:/bin",
      HOME: emptyFolder(),
      LANG: "C.UTF-8",
      TZ: "UTC",
      NODE_COMPILE_CACHE: compileCache,
      ...(hub !== undefined && { WADI_HUB: hub, WADI_KEY: "wadi_test_key" }),
      ...env,
    },
  });
}

/** Runs it to its end. */
export async function runWadi(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = startWadi(args, options);
  const output = collectOutput(child);
  child.stdin!.end(options.stdin ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output() };
}

/** What a process has written so far. */
export function collectOutput(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return () => ({ stdout, stderr });
}
