import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/*
 * Real processes, as the job is run at a centre. A step takes about a millisecond here, and a
 * signal is sent as soon as a line says that the training has begun, never after a set time.
 */

const program = join(import.meta.dirname, "train.ts");
const sizes = ["--text", "text.txt", "--hidden", "16", "--batch", "8", "--steps", "1000"];

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "char-model-"));
  fs.writeFileSync(join(folder, "text.txt"), "she sells sea shells on the sea shore; ".repeat(60));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test("the same text, seed and steps give the same model, and it learns", async () => {
  const first = await train(sizes);
  const model = fs.readFileSync(output("model.json"), "utf8");
  const sample = fs.readFileSync(output("sample.txt"), "utf8");
  expect(first.code).toBe(0);
  expect(lastBitsPerCharacter()).toBeLessThan(0.5 * unigramBits(first.out));

  forget();
  await train(sizes);
  expect(fs.readFileSync(output("model.json"), "utf8")).toBe(model);
  expect(fs.readFileSync(output("sample.txt"), "utf8")).toBe(sample);

  forget();
  await train([...sizes, "--seed", "2"]);
  expect(fs.readFileSync(output("model.json"), "utf8")).not.toBe(model);
});

// SIGKILL leaves the checkpoint of some step; with 0 seconds between them, of the last or so.
test.each([
  ["SIGTERM", 75],
  ["SIGINT", 130],
  ["SIGKILL", null],
] as const)("after %s a second run ends where an uninterrupted one does", async (signal, code) => {
  await train(sizes);
  const [model, untouched] = [fs.readFileSync(output("model.json"), "utf8"), losses()];
  forget();

  const often = [...sizes, "--checkpoint-every", "0"];
  const cut = await train(often, { signal, atLine: /step +100\// });
  expect(cut.code).toBe(code);
  expect(fs.existsSync(output("model.json"))).toBe(false);

  const resumed = await train(sizes);
  expect(resumed.code).toBe(0);
  expect(resumed.out).toMatch(/goes on from the checkpoint of step \d+/);
  expect(fs.readFileSync(output("model.json"), "utf8")).toBe(model);
  expect(losses()).toEqual(untouched);
});

test("a damaged checkpoint is named and the one before it used, to the same end", async () => {
  await train(sizes);
  const model = fs.readFileSync(output("model.json"), "utf8");
  forget();

  const often = [...sizes, "--checkpoint-every", "0"];
  await train(often, { signal: "SIGTERM", atLine: /step +100\// });
  const newest = fs.readdirSync(join(folder, "kept")).sort().at(-1)!;
  fs.truncateSync(join(folder, "kept", newest), 1000);

  const { out } = await train(sizes);
  expect(out).toContain(`checkpoint ignored: ${newest}: damaged or cut short`);
  expect(out).toMatch(/goes on from the checkpoint of step \d+/);
  expect(fs.readFileSync(output("model.json"), "utf8")).toBe(model);
});

test("a finished training is not done again", async () => {
  await train(sizes);
  const { code, out } = await train(sizes);
  expect(code).toBe(0);
  expect(out).toMatch(/goes on from the checkpoint of step 1,000/);
  expect(out).not.toMatch(/tok\/s/);
});

test("a checkpoint folder that cannot be written costs no training", async () => {
  fs.writeFileSync(join(folder, "kept"), "a file where the folder should be");
  const { code, err } = await train([...sizes.slice(0, -1), "20", "--checkpoint-every", "0"]);
  expect(code).toBe(0);
  expect(err).toMatch(/checkpoint of step 20 failed/);
});

test.each([
  [["--text", "missing.txt"], /--text missing\.txt: no such file or folder/],
  [["--text", "tiny.txt"], /--text holds 4 characters; a context of 8 needs 500 or more/],
  [["--steps", "0"], /--steps is "0"; it must be a whole number from 1 to 10000000/],
  [["--steps", "many"], /--steps is "many"/],
  [["--seed=-1"], /--seed is "-1"; it must be a whole number from 0/],
  [["--hidden", "1e9"], /--hidden is "1e9"/],
  [["--checkpoint-every", ""], /--checkpoint-every is ""/],
  [["--stepz", "5"], /Unknown option '--stepz'.*--help/s],
  [["text.txt"], /Unexpected argument 'text\.txt'.*--help/s],
])("%j is refused with exit code 2", async (args, message) => {
  fs.writeFileSync(join(folder, "tiny.txt"), "tiny");
  const { code, err } = await train(args);
  expect(err).toMatch(message);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});

test("--help names every option and exit code", async () => {
  const { code, out } = await train(["--help"]);
  expect(code).toBe(0);
  for (const word of ["--text", "--steps", "--seed", "--context", "--hidden", "--batch"]) {
    expect(out).toContain(word);
  }
  for (const word of ["--checkpoint-every", "WADI_CHECKPOINT_DIR", "75"]) {
    expect(out).toContain(word);
  }
});

interface Cut {
  signal: NodeJS.Signals;
  atLine: RegExp;
}

async function train(args: string[], cut?: Cut) {
  const env = { ...process.env, WADI_CHECKPOINT_DIR: "kept" };
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    if (cut?.atLine.test(out) && !child.killed) child.kill(cut.signal);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** As on a new machine: no checkpoint, no output. */
function forget(): void {
  for (const name of ["kept", "outputs"]) fs.rmSync(join(folder, name), { recursive: true });
}

function output(name: string): string {
  return join(folder, "outputs", name);
}

function metrics(): { step: number; loss: number; bitsPerCharacter: number }[] {
  const lines = fs.readFileSync(output("metrics.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** Speed differs from run to run; steps and losses must not. */
function losses() {
  return metrics().map(({ step, loss }) => ({ step, loss }));
}

function lastBitsPerCharacter(): number {
  return metrics().at(-1)!.bitsPerCharacter;
}

function unigramBits(out: string): number {
  return Number(/([\d.]+) knowing how frequent/.exec(out)![1]);
}
