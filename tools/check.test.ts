import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const passing = {
  typecheck: "echo quiet",
  "dead-code": "true",
  lint: "true",
  tidy: "true",
  boundaries: "true",
  "format:check": "true",
};

function check(scripts: Readonly<Record<string, string>>) {
  const root = mkdtempSync(path.join(tmpdir(), "wadi-check-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(path.join(root, "package.json"), JSON.stringify({ scripts }));
  return spawnSync(process.execPath, [path.join(import.meta.dirname, "check.ts"), root], {
    encoding: "utf8",
  });
}

test("each check that passes is one line, and its output stays out of the way", () => {
  const { status, stdout } = check(passing);
  expect(status).toBe(0);
  expect(stdout.match(/^ok {5}\S+ +\d+\.\d s$/gm)).toHaveLength(6);
  expect(stdout).not.toContain("quiet");
});

test("planted: one check fails, the others still run, and its output is shown", () => {
  const { status, stdout } = check({ ...passing, lint: "echo bad line; echo worse >&2; exit 3" });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^FAILED lint/m);
  expect(stdout.match(/^ok/gm)).toHaveLength(5);
  expect(stdout).toContain("── npm run lint\nbad line\nworse\n");
});

test("planted: a check that package.json does not name is an error, not a pass", () => {
  const { lint: _, ...others } = passing;
  const { status, stderr } = check(others);
  expect(status).not.toBe(0);
  expect(stderr).toContain('package.json has no script "lint"');
});
