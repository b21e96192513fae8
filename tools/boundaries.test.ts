import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judge } from "./boundaries/judge.ts";
import { parseModule } from "./modules/module.ts";
import type { OwnPackages } from "./modules/resolve.ts";

const own: OwnPackages = new Map(
  Object.entries({
    "@wadi/core": { folder: "packages/core", exports: { "./*": "./src/*/index.ts" } },
    "@wadi/protocol": { folder: "packages/protocol", exports: { ".": "./src/index.ts" } },
    "@wadi/hub": { folder: "packages/hub", exports: { ".": "./src/index.ts" } },
    "@wadi/agent": { folder: "packages/agent", exports: { ".": "./src/index.ts" } },
  }),
);

/** A repository in which nothing is wrong. */
const sound: Readonly<Record<string, string>> = {
  "packages/core/src/units/index.ts": `export const one = 1;`,
  "packages/core/src/units/money.ts": `export const yuan = 1;`,
  "packages/core/src/job/index.ts": `export { one } from "../units/index.ts";`,
  "packages/core/src/units/money.test.ts": `import { test } from "vitest"; test("x", () => {});`,
  "packages/protocol/src/index.ts": `import { z } from "zod"; import "@wadi/core/job";`,
  "packages/hub/src/index.ts": `export {};`,
  "packages/hub/src/config.ts": `export const url = process.env["DATABASE_URL"];`,
  "packages/hub/src/db/sql.ts": `import pg from "pg"; export const sql = pg;`,
  "packages/hub/src/jobs/index.ts": `export { read } from "./store.ts";`,
  "packages/hub/src/db/index.ts": `export { sql } from "./sql.ts";`,
  "packages/hub/src/jobs/store.ts": `import "../db/index.ts"; export const read = sql\`select 1\`;`,
  "packages/hub/src/ledger/index.ts": `export const a = 1;`,
  "packages/hub/src/vouchers/index.ts": `export { a } from "../ledger/index.ts";`,
  "packages/hub/src/hub.ts": `import "./jobs/index.ts";`,
  "packages/hub/src/ledger/hold-store.ts": `export const hold = (sql) => sql<Row>\`select 1\`;`,
  "packages/hub/src/jobs/routes.ts": `import type { A } from "fastify"; export type B = A;`,
  "packages/agent/src/index.ts": `import "node:fs"; import "@wadi/protocol";`,
};

function judged(files: Readonly<Record<string, string>>) {
  const modules = Object.entries({ ...sound, ...files });
  return judge(
    modules.map(([file, text]) => parseModule(file, text)),
    own,
  );
}

test("the example repository breaks no boundary, and its imports are seen", () => {
  expect(judged({}).findings).toEqual([]);
  expect(judged({}).imports).toBe(13);
});

test.each([
  ["core to protocol", "core/src/job/a.ts", `import "@wadi/protocol";`, "layers"],
  ["protocol to hub", "protocol/src/a.ts", `import "@wadi/hub";`, "layers"],
  ["hub to agent", "hub/src/a.ts", `export * from "@wadi/agent";`, "layers"],
  ["a test of the agent to hub", "agent/src/a.test.ts", `import "@wadi/hub";`, "layers"],
  ["a type alone", "agent/src/a.ts", `import type { T } from "@wadi/hub";`, "layers"],
  ["a type's import()", "agent/src/a.ts", `type T = import("@wadi/hub").T;`, "layers"],
  ["import() of another package", "agent/src/a.ts", `await import("@wadi/hub");`, "layers"],
  ["units to job", "core/src/units/a.ts", `import "../job/index.ts";`, "layers"],
  ["an area core does not list", "core/src/weather/a.ts", `import "../job/index.ts";`, "layers"],
  ["past an index in core", "core/src/job/a.ts", `import "../units/money.ts";`, "layers"],
  ["past an index in hub", "hub/src/jobs/a.ts", `import "../db/sql.ts";`, "layers"],
  ["ledger to jobs", "hub/src/ledger/a.ts", `import "../jobs/index.ts";`, "layers"],
  ["an area hub does not list", "hub/src/weather/a.ts", `import "../jobs/index.ts";`, "layers"],
  ["wiring past an index", "hub/src/hub.ts", `import "../src/jobs/store.ts";`, "layers"],
  ["db to an area", "hub/src/db/a.ts", `import "../jobs/index.ts";`, "layers"],
  ["own name", "core/src/job/a.ts", `import "@wadi/core/units";`, "layers"],
  ["by path", "agent/src/a.ts", `import "../../hub/src/index.ts";`, "layers"],
  ["past the exports", "hub/src/a.ts", `import "@wadi/core/units/money";`, "resolves"],
  ["no such file", "hub/src/a.ts", `import "./gone.ts";`, "resolves"],
  ["node: in core", "core/src/job/a.ts", `import "node:fs";`, "pure"],
  ["a package in core", "core/src/job/a.ts", `import "zod";`, "pure"],
  ["node: in protocol", "protocol/src/a.ts", `import "node:fs";`, "pure"],
  ["the clock in core", "core/src/job/a.ts", `export const t = Temporal.Now.instant();`, "pure"],
  ["new Date() in core", "core/src/job/a.ts", `export const t = new Date();`, "pure"],
  ["chance in core", "core/src/job/a.ts", `export const t = Math.random();`, "pure"],
  ["SQL in a use case", "hub/src/jobs/a.ts", "export const a = sql`select 1`;", "sql"],
  ["SQL with a row type", "hub/src/jobs/a.ts", "export const a = sql<R>`select 1`;", "sql"],
  ["SQL of a property", "hub/src/jobs/a.ts", "export const a = tx.sql`select 1`;", "sql"],
  ["fastify in a use case", "hub/src/jobs/a.ts", `import "fastify";`, "fastify"],
  ["the environment", "agent/src/a.ts", `export const a = process.env.HOME;`, "environment"],
  ["env by import", "agent/src/a.ts", `import { env } from "node:process";`, "environment"],
])("planted: %s", (_, file, text, rule) => {
  const { findings } = judged({ [`packages/${file}`]: text });
  expect(findings.map((finding) => `${finding.file} ${finding.rule}`)).toContain(
    `packages/${file} ${rule}`,
  );
});

test("planted: a cycle of three files is told once, with its way round", () => {
  const { findings } = judged({
    "packages/hub/src/a.ts": `import "./b.ts";`,
    "packages/hub/src/b.ts": `import type { C } from "./c.ts";`,
    "packages/hub/src/c.ts": `export * from "./a.ts";`,
  });
  const way = ["a", "b", "c", "a"].map((name) => `packages/hub/src/${name}.ts`).join(" → ");
  expect(findings).toMatchObject([{ rule: "cycles", message: way }]);
});

test("a file that does not parse is an error, not a file without imports", () => {
  expect(() => judged({ "packages/hub/src/a.ts": "import {" })).toThrow(/does not parse/);
});

test("the program counts what it sees, and fails on a module that it did not see", () => {
  const root = mkdtempSync(path.join(tmpdir(), "wadi-boundaries-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const run = () =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, "boundaries.ts"), root], {
      encoding: "utf8",
    });
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  write("packages/core/src/units/index.ts", `export * from "./money.ts";`);
  write("packages/core/src/units/money.ts", `export const yuan = 1;`);
  expect(run()).toMatchObject({ status: 0, stdout: "2 modules, 1 imports; 0 findings\n" });

  write("packages/core/src/dist/hidden.ts", `export const hidden = 1;`); // a folder not walked
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toContain("packages/core/src/dist/hidden.ts:1  seen:");
});
