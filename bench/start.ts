import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..");

/**
 * `npm start` in a fresh clone of what is committed: until the job runs, the first time, which
 * installs everything, and the second time.
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wadi-clone-"));
  try {
    await command("git", ["clone", "--quiet", repository, folder], tmpdir());
    console.log(
      `first npm start, to a running job   ${(await startOnce(folder)).toFixed(1)} s (goal 60)`,
    );
    console.log(
      `second npm start, to a running job  ${(await startOnce(folder)).toFixed(1)} s (goal 5)`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds until the story tells where the run runs. */
function startOnce(folder: string): Promise<number> {
  return new Promise((done, fail) => {
    const started = performance.now();
    let seconds: number | undefined;
    let text = "";
    const child = spawn("npm", ["start", "--", "--once", "--port", "0"], { cwd: folder });
    child.stdout.on("data", (piece: Buffer) => {
      text += piece.toString();
      if (seconds === undefined && /^ {3}run [0-9a-f-]{36} on /m.test(text)) {
        seconds = (performance.now() - started) / 1000;
      }
    });
    child.stderr.on("data", (piece: Buffer) => (text += piece.toString()));
    child.once("exit", (code) => {
      if (code === 0 && seconds !== undefined) done(seconds);
      else fail(new Error(`npm start ended with ${code}:\n${text.slice(-2000)}`));
    });
  });
}

function command(name: string, args: string[], cwd: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(name, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
    child.once("exit", (code) =>
      code === 0 ? done() : fail(new Error(`${name} ended with ${code}`)),
    );
  });
}
