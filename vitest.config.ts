import path from "node:path";
import { defineConfig } from "vitest/config";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { PlainSummary } from "./tools/plain-summary.ts";

// Compiled modules are kept between runs, for the tests and for the processes they start.
process.env["NODE_COMPILE_CACHE"] ??= path.join(import.meta.dirname, "node_modules/.cache/compile");

// Where .ci/run wants the results as JSON; nothing is written when it is not set.
const reportFile = process.env["WADI_TEST_REPORT"];
const jsonReports: ["json", { outputFile: string }][] =
  reportFile === undefined ? [] : [["json", { outputFile: reportFile }]];

const globalSetup = ["packages/hub/src/testing/global-setup.ts"];

/** Rules alone: no database, no process of ours. Most tests live here. */
const unit: TestProjectInlineConfiguration = {
  test: {
    name: "unit",
    include: ["{packages/*/src,tools,examples,docs}/**/*.test.ts"],
    exclude: ["**/*.db.test.ts", "**/node_modules/**"],
    testTimeout: 20_000,
  },
};

/** On a real PostgreSQL: the bundled one, or the server that DATABASE_URL names. */
const db: TestProjectInlineConfiguration = {
  test: {
    name: "db",
    include: ["packages/*/src/**/*.db.test.ts"],
    globalSetup,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
};

/** Stories across processes. They come last and have the machine to themselves. */
const stories: TestProjectInlineConfiguration = {
  test: {
    name: "stories",
    include: ["test/**/*.test.ts"],
    globalSetup,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 1 },
  },
};

export default defineConfig({
  test: {
    projects: [unit, db, stories].map((project) => ({ ...project, extends: true })),
    // Node loads the modules, as it does when they run for real; Vite does not transform them.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    pool: "forks",
    maxWorkers: 2,
    expect: { requireAssertions: true },
    reporters: ["default", ...jsonReports, new PlainSummary()],
  },
});
