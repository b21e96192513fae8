import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = path.join(import.meta.dirname, "..");
let root: string;

const report = (state: string) =>
  JSON.stringify({
    success: state === "passed",
    testResults: [{ status: state, assertionResults: [{ status: state }] }],
  });

/** A test run that ends in this state, and its report. */
const testRun = (state: string) =>
  `#!/bin/sh\necho '${report(state)}' > "$WADI_TEST_REPORT"\n[ ${state} = passed ]\n`;

/** A small repository with this CI script; its tests and its program are shell scripts. */
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "wadi-ci-test-"));
  cpSync(path.join(repository, ".ci"), path.join(root, ".ci"), { recursive: true });
  mkdirSync(path.join(root, "tools"));
  cpSync(path.join(repository, "tools/tally.ts"), path.join(root, "tools/tally.ts"));
  mkdirSync(path.join(root, "node_modules/.bin"), { recursive: true });
  symlinkSync(process.execPath, path.join(root, "node_modules/.bin/node"));
  write("node_modules/.bin/vitest", testRun("passed"));
  write("bin/apt-get", "#!/bin/sh\nexit 1\n"); // where PostgreSQL is missing, that leg is skipped
  write("test.sh", testRun("passed"));
  write("start.sh", '#!/bin/sh\necho started "$@"\n');
  write(
    "package.json",
    `{ "type": "module", "scripts": { "test": "./test.sh", "start": "./start.sh" } }`,
  );
  write(".gitignore", "node_modules\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text, { mode: 0o755 });
}

function runCi(): { status: number | null; lines: string[]; said: string } {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root });
  git("init", "--quiet");
  git("add", "--all");
  git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message", "t");
  const { status, stdout, stderr } = spawnSync(path.join(root, ".ci/run"), {
    encoding: "utf8",
    env: { ...process.env, PATH: `${root}/bin:${process.env["PATH"]}` },
  });
  return { status, lines: stdout.trimEnd().split("\n"), said: stdout + stderr };
}

/** Empty when the process is gone, or dead and not yet collected by its parent. */
function commandOf(pid: string | undefined): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

test("every leg runs, and the last line counts all tests", { timeout: 60_000 }, () => {
  const { status, lines, said } = runCi();
  expect(said).toContain("started --once");
  expect(said).toContain("══ nothing is left running: passed");
  expect(lines.at(-1)).toMatch(/^[45] passed, 0 failed, 0 skipped$/);
  expect(status).toBe(0);
});

test("planted: a test run fails, and the other legs still run", { timeout: 60_000 }, () => {
  write("test.sh", testRun("failed"));
  const { status, lines, said } = runCi();
  expect(said).toMatch(/══ npm test: FAILED \(exit 1\)/);
  expect(said).toContain("started --once");
  expect(lines.at(-1)).toMatch(/^[34] passed, 1 failed, 0 skipped$/);
  expect(status).toBe(1);
});

test("planted: a process is left behind; it is named and killed", { timeout: 60_000 }, async () => {
  const mark = `leftover-${process.pid}`;
  write(mark, "#!/bin/sh\nwhile :; do sleep 60; done\n");
  write("start.sh", `#!/bin/sh\nsetsid ./${mark} >/dev/null 2>&1 &\n`);
  const { status, lines, said } = runCi();
  const [, pid] = new RegExp(`^(\\d+) .*${mark}`, "m").exec(said) ?? [];
  expect(pid).toBeDefined();
  expect(lines.at(-1)).toMatch(/ 1 failed/);
  expect(status).toBe(1);
  await expect.poll(() => commandOf(pid), { timeout: 5_000 }).toBe("");
});
