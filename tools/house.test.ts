// The tools we did not write: each is shown a planted violation, with the settings of this
// repository, to prove that it looks and that the setting holds.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = path.join(import.meta.dirname, "..");
const settings = [".oxlintrc.json", ".oxfmtrc.json", "knip.json", "package.json"];
const configs = [
  "tsconfig.base.json",
  "packages/core/tsconfig.json",
  "packages/agent/tsconfig.json",
];

let root: string;

/** An empty repository with our settings and our packages of others. */
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "wadi-house-"));
  for (const file of [...settings, ...configs]) {
    cpSync(path.join(repository, file), path.join(root, file));
  }
  write(
    "packages/protocol/tsconfig.json",
    `{ "extends": "../../tsconfig.base.json", "files": [] }`,
  );
  symlinkSync(path.join(repository, "node_modules"), path.join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** Runs a tool of node_modules/.bin; what it says, on both streams. */
function run(tool: string, ...args: string[]): { status: number | null; said: string } {
  const program = path.join(repository, "node_modules", ".bin", tool);
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, said: stdout + stderr };
}

const lint = () => run("oxlint", "--type-aware", "--deny-warnings", "-f", "unix");

test("the linter has nothing against a sound module", () => {
  write("packages/agent/src/sound.ts", `export const sum = (a: number, b: number) => a + b;\n`);
  expect(lint()).toMatchObject({ status: 0 });
});

test.each([
  ["any", `export const a = (b: any) => b;`, "no-explicit-any"],
  ["an any from outside", `export const a: string = JSON.parse("1");`, "no-unsafe-assignment"],
  ["a default export", `export default 1;`, "no-default-export"],
  ["a promise nobody waits for", `export const a = () => { fetch("x"); };`, "no-floating-promises"],
  [
    "a promise as a condition",
    `export const a = () => (fetch("x") ? 1 : 2);`,
    "no-misused-promises",
  ],
  ["a namespace", `export namespace A { export const b = 1; }`, "no-namespace"],
  [
    "a parameter property",
    `export class A { constructor(readonly b: 1) {} }`,
    "parameter-properties",
  ],
  ["a switch that leaves one out", switchThatLeavesOneOut(), "switch-exhaustiveness-check"],
  ["a thrown string", `export const a = () => { throw "x"; };`, "only-throw-error"],
  ["a lost cause", lostCause(), "preserve-caught-error"],
  ["a long file", "export {};\n".repeat(401), "max-lines"],
  ["a long function", `export function a() {\n${"a();\n".repeat(70)}}`, "max-lines-per-function"],
  ["a silenced check", `// @ts-ignore\nexport const a: 1 = 2;`, "ban-ts-comment"],
])("planted: the linter sees %s", (_, code, rule) => {
  write("packages/agent/src/planted.ts", `${code}\n`);
  const { status, said } = lint();
  expect(said).toContain(`(${rule})`);
  expect(status).not.toBe(0);
});

function switchThatLeavesOneOut(): string {
  return `export function a(b: "x" | "y"): void { switch (b) { case "x": a("y"); break; } }`;
}

function lostCause(): string {
  return `export function a(): void { try { a(); } catch (e) { throw new Error("x"); } }`;
}

test.each([
  ["core", "an enum", `export enum A { B }`, "erasableSyntaxOnly"],
  ["core", "Node in core", `export const a = process.pid;`, "TS2591"],
  ["core", "the browser in core", `export const a = document.title;`, "TS2584"],
  ["core", "an entry that may be absent", `export const a = (b: 1[]): 1 => b[0];`, "TS2322"],
  [
    "core",
    "an import of a type as a value",
    `import { A } from "./a.ts"; export type B = A;`,
    "TS1484",
  ],
  ["agent", "a name nobody uses", `const a = 1; export {};`, "TS6133"],
  ["core", "an import without its ending", `export * from "./a";`, "TS2835"],
])("planted in %s: the compiler sees %s", (name, _, code, sign) => {
  write("packages/core/src/a.ts", `export type A = 1;\n`);
  write(`packages/${name}/src/planted.ts`, `${code}\n`);
  const { status, said } = run("tsc", "-p", `packages/${name}`, "--pretty", "false");
  expect(said).toContain("planted.ts");
  expect(said).toContain(sign);
  expect(status).not.toBe(0);
});

test("planted: the formatter sees a module that is not formatted", () => {
  write("packages/core/src/formatted.ts", `export const a = 1;\n`);
  write("packages/core/src/planted.ts", `export const a=1\n`);
  const { status, said } = run("oxfmt", "--check", "packages");
  expect(said).toContain("planted.ts");
  expect(said).not.toContain("formatted.ts (");
  expect(status).not.toBe(0);
});

test("planted: knip sees a file, an export and a dependency nobody uses", () => {
  write("package.json", `{ "name": "r", "private": true, "workspaces": ["packages/*"] }`);
  const manifest = {
    name: "@wadi/core",
    dependencies: { zod: "4.6.7" },
    exports: "./src/index.ts",
  };
  write("packages/core/package.json", JSON.stringify(manifest));
  write("packages/core/src/index.ts", `import { used } from "./used.ts";\nused();\n`);
  write("packages/core/src/used.ts", `export const used = () => 1;\nexport const unused = 1;\n`);
  write("packages/core/src/dead.ts", `export const dead = 1;\n`);
  const { status, said } = run("knip", "--no-progress");
  expect(said).toMatch(/^packages\/core\/src\/dead\.ts/m);
  expect(said).toMatch(/^unused +packages\/core\/src\/used\.ts/m);
  expect(said).toMatch(/^zod +packages\/core\/package\.json/m);
  expect(status).not.toBe(0);
});
