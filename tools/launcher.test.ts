import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let root: string;

/** A repository in a folder with a blank in its name; its Node prints what it is called with. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wadi-launcher-"));
  root = path.join(folder, "a repository");
  mkdirSync(path.join(root, "node_modules/.bin"), { recursive: true });
  cpSync(path.join(import.meta.dirname, "../bin"), path.join(root, "bin"), { recursive: true });
  const script = `#!/bin/sh\nfor part in "$@"; do echo "$part"; done\nexit 7\n`;
  writeFileSync(path.join(root, "node_modules/.bin/node"), script, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

function launch(program: string, ...args: string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: "utf8" });
}

const cli = () => `${root}/packages/cli/src/main.ts`;

test("the arguments arrive one by one, and the exit code comes back", () => {
  const { stdout, status } = launch(path.join(root, "bin/wadi"), "submit", "my job.yaml", "*");
  expect(stdout.split("\n")).toEqual([cli(), "submit", "my job.yaml", "*", ""]);
  expect(status).toBe(7);
});

test("it finds its repository through links, absolute and relative", () => {
  mkdirSync(path.join(folder, "bin"));
  symlinkSync(path.join(root, "bin/wadi"), path.join(folder, "bin/far"));
  symlinkSync("far", path.join(folder, "bin/near"));
  symlinkSync("bin/near", path.join(folder, "wadi"));
  expect(launch(path.join(folder, "wadi")).stdout).toBe(`${cli()}\n`);
  expect(launch("./wadi").stdout).toBe(`${cli()}\n`);
});

test("without packages it says what to run", () => {
  rmSync(path.join(root, "node_modules"), { recursive: true });
  const { status, stderr } = launch(path.join(root, "bin/wadi"));
  expect(status).toBe(1);
  expect(stderr).toContain("npm start");
  expect(stderr).toContain(root);
});
