import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { platformTrouble } from "./ensure-deps/platform.mjs";

let root: string;
const inRoot = (...parts: string[]) => path.join(root, ...parts);

/** A repository whose one package is a folder of its own, so that npm needs no network. */
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "wadi-deps-"));
  cpSync(import.meta.dirname, inRoot("tools"), { recursive: true });
  writePackage({ version: "1.0.0" });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function writePackage({ version }: { version: string }): void {
  const manifest = { name: "r", private: true, workspaces: ["part"], optionalDependencies: {} };
  const link = { resolved: "part", link: true };
  const packages = { "": manifest, "node_modules/part": link, part: { version } };
  mkdirSync(inRoot("part"), { recursive: true });
  writeJson("part/package.json", { name: "part", version });
  writeJson("package.json", manifest);
  writeJson("package-lock.json", { name: "r", lockfileVersion: 3, requires: true, packages });
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(inRoot(file), JSON.stringify(value));
}

function ensure(env: NodeJS.ProcessEnv = {}): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, [inRoot("tools/ensure-deps.mjs")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, said })));
}

/** An npm of our making, called as npm calls its own. Each run adds a line to `runs`. */
function npmThat(does: string): NodeJS.ProcessEnv {
  const script = `require("node:fs").appendFileSync("runs", process.argv[2] + "\\n");${does}`;
  writeFileSync(inRoot("npm-cli.cjs"), script);
  return { npm_execpath: inRoot("npm-cli.cjs") };
}

const npmRuns = () => readFileSync(inRoot("runs"), "utf8").trim().split("\n");

const npmInstalls = `
  require("node:fs").mkdirSync("node_modules", { recursive: true });`;

test("the first run installs with the real npm, the second says nothing", async () => {
  const first = await ensure();
  expect(first).toMatchObject({ status: 0, said: expect.stringContaining("npm ci") as string });
  expect(existsSync(inRoot("node_modules/part/package.json"))).toBe(true);
  expect(await ensure()).toEqual({ status: 0, said: "" });
});

test("a changed lockfile installs again, once", async () => {
  const npm = npmThat(npmInstalls);
  await ensure(npm);
  writePackage({ version: "1.0.1" });
  await ensure(npm);
  await ensure(npm);
  expect(npmRuns()).toEqual(["ci", "ci"]);
});

test("an installation by hand that agrees with the lockfile is left as it is", async () => {
  await ensure();
  rmSync(inRoot("node_modules/.lock-sha256"));
  expect(await ensure(npmThat("process.exit(1)"))).toEqual({ status: 0, said: "" });
  expect(existsSync(inRoot("node_modules/.lock-sha256"))).toBe(true);
});

test("two at once: one installs, the other waits, both succeed", async () => {
  const npm = npmThat(
    `${npmInstalls} Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)`,
  );
  const both = await Promise.all([ensure(npm), ensure(npm)]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  expect(npmRuns()).toEqual(["ci"]);
  expect(existsSync(inRoot(".ensure-deps.lock"))).toBe(false);
});

test("the lock of a process that died is taken over", async () => {
  writeFileSync(inRoot(".ensure-deps.lock"), "1 of another machine\n");
  utimesSync(inRoot(".ensure-deps.lock"), 0, 0);
  expect(await ensure(npmThat(npmInstalls))).toMatchObject({ status: 0 });
});

test("a lockfile that npm ci refuses is installed with npm install", async () => {
  const refuses = `if (process.argv[2] === "ci") { console.error("EUSAGE"); process.exit(1); }`;
  expect(await ensure(npmThat(refuses + npmInstalls))).toMatchObject({ status: 0 });
  expect(npmRuns()).toEqual(["ci", "install"]);
});

test.each([
  ["npm error code ENOTFOUND", /could not reach the package registry/],
  ["npm error code EACCES", /may not write here/],
  ["npm error code ENOSPC", /disk is full/],
  ["npm error something else", /something else/],
])("npm fails with %j: the message says what to do", async (error, cure) => {
  const { status, said } = await ensure(npmThat(`console.error("${error}"); process.exit(1)`));
  expect(status).toBe(1);
  expect(said).toMatch(cure);
  expect(existsSync(inRoot("node_modules/.lock-sha256"))).toBe(false);
});

test("a platform without a package is named, with those that have one", () => {
  const machine = { platform: "linux", arch: "riscv64", musl: false, nodeMajor: 20 };
  expect(platformTrouble(machine, ["linux-x64"])).toMatch(/linux-riscv64.*linux-x64/);
  expect(platformTrouble({ ...machine, arch: "x64" }, ["linux-x64"])).toBeUndefined();
  expect(platformTrouble({ ...machine, arch: "x64", musl: true }, ["linux-x64"])).toMatch(/musl/);
  expect(platformTrouble({ ...machine, nodeMajor: 26 }, ["linux-x64"])).toBeUndefined();
});
