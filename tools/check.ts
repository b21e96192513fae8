// Runs every check that needs no database: `npm run check`. What a check is stands in package.json,
// under its name; here is only which ones there are. Prints one line for each, and the output of
// those that failed.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";

/** The slowest first. */
const checks = ["typecheck", "dead-code", "lint", "tidy", "boundaries", "format:check"];

interface Outcome {
  readonly name: string;
  readonly status: number | null;
  readonly output: string;
  readonly seconds: number;
}

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));
const ended = await runAll(checks, Math.min(3, availableParallelism()));
const failed = ended.filter(({ status }) => status !== 0);
for (const { name, output } of failed) {
  process.stdout.write(`\n── npm run ${name}\n${output.trimEnd()}\n`);
}
process.exitCode = failed.length > 0 ? 1 : 0;

/** Runs the checks, `atOnce` at a time, and says of each how it ended as it ends. */
async function runAll(names: readonly string[], atOnce: number): Promise<Outcome[]> {
  const waiting = [...names];
  const outcomes: Outcome[] = [];
  const runner = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const outcome = await runCheck(name);
      outcomes.push(outcome);
      const state = outcome.status === 0 ? "ok    " : "FAILED";
      process.stdout.write(`${state} ${name.padEnd(12)} ${outcome.seconds.toFixed(1)} s\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
  return outcomes;
}

function runCheck(name: string): Promise<Outcome> {
  const began = performance.now();
  const child = spawn("sh", ["-c", scriptOf(name)], {
    cwd: root,
    env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env["PATH"]}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ name, status, output, seconds: (performance.now() - began) / 1000 });
    });
  });
}

function scriptOf(name: string): string {
  const manifest = readFileSync(path.join(root, "package.json"), "utf8");
  const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
  const script = scripts[name];
  if (script === undefined) throw new Error(`package.json has no script "${name}"`);
  return script;
}
