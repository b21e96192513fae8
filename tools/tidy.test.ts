import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repositoryOf } from "./tidy/repository.ts";
import { judgeTidy } from "./tidy/rules.ts";

/** The places found in a repository of these files: "file:line rule". */
function judged(files: Readonly<Record<string, string>>): string[] {
  const read = Object.entries(files).map(([file, text]) => {
    return { file, text, bytes: text.length, executable: false };
  });
  return judgeTidy(repositoryOf(read)).map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

const lines = (count: number) => "export {};\n".repeat(count);
const inTest = (code: string) => `import { test } from "vitest";\n${code}\n`;
/** Told apart here, so that this file does not break the rule it tests. */
const joined = (...parts: string[]) => parts.join("");

test("a sound repository has no findings", () => {
  const sound = {
    "README.md": "# Wadi\n\n## Use\n\nSee [use](#use), [code](packages/core/src/a.ts), `[x](y)`.\n",
    "CHANGELOG.md": "# Changes\n## 2\n### Added\n## 1\n### Added\n",
    "packages/core/src/a.ts": `export const place = "../work/a/b";\nexport const gpus = 1;\n`,
    "packages/core/src/a.test.ts": inTest(`
      test("a", ({ skip }) => skip(process.getuid?.() !== 0, "needs root"));
      test.each([1])("b", (n) => n);
      test("c", (context) => context.skip("needs root"));`),
    "packages/hub/src/db/migrations/0001-a.sql": "select 1;\n",
    "packages/hub/src/db/migrations/0002-b.sql": "select 1;\n",
    "packages/protocol/src/a.ts": `export const a = { x: route({ method: "GET", path: "/a" }) };\n`,
    "package.json": `{ "dependencies": { "zod": "4.6.7" } }\n`,
    "package-lock.json": `{ "packages": { "node_modules/zod": { "integrity": "sha512-x" } } }\n`,
  };
  expect(judged({ ...sound, "packages/core/src/a.ts": "export const cards = 1;\n" })).toEqual([]);
  expect(judged(sound)).toEqual(["packages/core/src/a.ts:2 words"]);
});

test.each([
  ["a long file", "a.ts", lines(401), "a.ts:400 length"],
  ["a long test", "a.test.ts", lines(601), "a.test.ts:600 length"],
  ["a long line", "a.ts", `// ${"x".repeat(98)}\n`, "a.ts:1 line-length"],
  ["a large file", "a.csv", `${"x".repeat(1024 * 1024)}\n`, "a.csv:1 size"],
  ["no end of line", "a.md", "# A", "a.md:1 form"],
  ["blanks at the end", "a.md", "# A\nb \n", "a.md:2 form"],
  ["a carriage return", "a.md", "# A\r\n", "a.md:1 form"],
  ["a program that cannot be run", "bin/a", "#!/bin/sh\n", "bin/a:1 form"],
  ["undone work", "a.ts", joined("// TO", "DO: later\n"), "a.ts:1 leftovers"],
  ["a person's path", "a.md", joined("see /ho", "me/li/x\n"), "a.md:1 machines"],
  ["a machine's path", "a.ts", joined('export const a = "/wo', 'rk/x";\n'), "a.ts:1 machines"],
  ["a fixed temporary path", "a.ts", joined('export const a = "/t', 'mp/x";\n'), "a.ts:1 machines"],
  ["a download host", "a.md", joined("from registry.", "npmjs.org\n"), "a.md:1 machines"],
  ["a name not in kebab-case", "aB.ts", lines(1), "aB.ts:1 names"],
  ["a vague name", "a/utils.ts", lines(1), "a/utils.ts:1 names"],
  [
    "a list with one code twice",
    "a.ts",
    `export const a = ["x", "y", "x"] as const;\n`,
    "a.ts:1 ids",
  ],
  ["an enum with one code twice", "a.ts", `export const a = z.enum(["x", "x"]);\n`, "a.ts:1 ids"],
  ["a dead link", "a.md", "[b](b.md)\n", "a.md:1 links"],
  ["a dead link by name", "a.md", "[b]: docs/b.md\n", "a.md:1 links"],
  ["a link to no heading", "a.md", "# A\n[b](#b)\n", "a.md:2 links"],
  ["a heading twice", "a.md", "# A\n# A\n", "a.md:2 headings"],
  [
    "a range of versions",
    "package.json",
    `{"dependencies":{"a":"^1.0.0"}}\n`,
    "package.json:1 versions",
  ],
  ["a test that runs alone", "a.test.ts", inTest(`test.only("a");`), "a.test.ts:2 tests-run"],
  ["a group that runs alone", "a.test.ts", inTest(`describe.only("a");`), "a.test.ts:2 tests-run"],
  ["a skipped test", "a.test.ts", inTest(`test.skip("a");`), "a.test.ts:2 tests-run"],
  ["a skip on a condition", "a.test.ts", inTest(`test.skipIf(x)("a");`), "a.test.ts:2 tests-run"],
  ["a test to come", "a.test.ts", inTest(`test.todo("a");`), "a.test.ts:2 tests-run"],
  ["a skip without reason", "a.test.ts", inTest(`context.skip();`), "a.test.ts:2 tests-run"],
  ["one title twice", "a.test.ts", inTest(`test("a"); test("a");`), "a.test.ts:2 test-titles"],
])("planted: %s", (_, file, text, place) => {
  expect(judged({ [file]: text })).toEqual([place]);
});

test("planted: a function of 71 lines; 70 are allowed, and a group of tests may be longer", () => {
  const body = (count: number) => "x();\n".repeat(count - 2);
  const named = (count: number) => judged({ "a.ts": `function a() {\n${body(count)}}\n` });
  expect(named(70)).toEqual([]);
  expect(named(71)).toEqual(["a.ts:1 function-length"]);
  expect(judged({ "b.ts": `export const b = () => {\n${body(71)}};\n` })).toHaveLength(1);
  expect(judged({ "c.test.ts": `describe("c", () => {\n${body(71)}});\n` })).toEqual([]);
});

test("one title in two groups is not a title twice", () => {
  const code = `describe("a", () => { test("x"); }); describe("b", () => { test("x"); });`;
  expect(judged({ "a.test.ts": inTest(code) })).toEqual([]);
});

test("planted: a number given twice, and one left out", () => {
  const folder = "packages/hub/src/db/migrations";
  const migration = (name: string) => ({ [`${folder}/${name}.sql`]: "select 1;\n" });
  expect(judged({ ...migration("0001-a"), ...migration("0001-b") })).toEqual([
    `${folder}/0001-b.sql:1 numbers`,
  ]);
  expect(judged({ ...migration("0001-a"), ...migration("0003-b") })).toHaveLength(1);
  expect(judged({ "docs/adr/0001-a.md": "# A\n", "docs/adr/0001-b.md": "# B\n" })).toHaveLength(1);
});

test("planted: a route with two names, two routes with one, two schemas with one id", () => {
  const file = (name: string) => `packages/protocol/src/${name}.ts`;
  const route = (name: string, at: string) =>
    `export const r = { ${name}: route({ method: "GET", path: "${at}" }) };\n`;
  expect(judged({ [file("a")]: route("a", "/x/:id"), [file("b")]: route("b", "/x/:job") })).toEqual(
    [`${file("b")}:1 ids`],
  );
  expect(judged({ [file("a")]: route("a", "/x"), [file("b")]: route("a", "/y") })).toHaveLength(1);
  const schema = `export const s = z.object({}).meta({ id: "Job" });\n`;
  expect(judged({ [file("a")]: schema, [file("b")]: schema })).toEqual([`${file("b")}:1 ids`]);
});

test("planted: a lockfile that names a download host, or lacks a checksum", () => {
  const lock = (entry: object) => {
    const text = JSON.stringify({ packages: { "node_modules/a": entry } });
    return judged({ "package-lock.json": `${text}\n` });
  };
  expect(lock({ integrity: "sha512-x" })).toEqual([]);
  expect(lock({ integrity: "sha512-x", resolved: "https://x/a.tgz" })).toHaveLength(1);
  expect(lock({})).toEqual(["package-lock.json:1 lockfile"]);
});

test.each([
  ["export function runTask() {}", "a function"],
  ["export const backend = 1;", "a constant"],
  ["export const a = (user: string) => user;", "an argument"],
  ["export interface A { readonly gpuCount: number }", "a field"],
  ["export type WorkerNode = string;", "a type"],
  ["export class Cluster {}", "a class"],
])("planted: %j gives a word that is not ours to %s", (code) => {
  const file = "packages/agent/src/a.ts";
  expect(new Set(judged({ [file]: `${code}\n` }))).toEqual(new Set([`${file}:1 words`]));
  expect(judged({ "tools/a.ts": `${code}\n` })).toEqual([]);
});

test("other people's words are theirs: what we import or call, and PostgreSQL's in db/", () => {
  const calls = `import { Worker } from "node:worker_threads";\nnew Worker(x.user, x.node);\n`;
  expect(judged({ "packages/agent/src/a.ts": calls })).toEqual([]);
  const cluster = "export const clusterFolder = 1;\n";
  expect(judged({ "packages/hub/src/db/a.ts": cluster })).toEqual([]);
});

test("the program reads what git would add, and fails on what it finds", () => {
  const root = mkdtempSync(path.join(tmpdir(), "wadi-tidy-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const run = () =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, "tidy.ts"), root], {
      encoding: "utf8",
    });
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  mkdirSync(path.join(root, "dist"));
  writeFileSync(path.join(root, ".gitignore"), "dist/\n");
  writeFileSync(path.join(root, "dist/aB.ts"), "export {};\n");
  expect(run()).toMatchObject({ status: 0, stdout: "1 files; 0 findings\n" });

  writeFileSync(path.join(root, "utils.ts"), "export {};\n");
  expect(run()).toMatchObject({ status: 1 });
  expect(run().stdout).toContain("utils.ts:1  names:");
});
