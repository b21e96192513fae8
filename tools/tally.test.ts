import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tallyLine, tallyOf, tallyReports } from "./tally.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "wadi-tally-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((state) => ({ status: state })),
});

test("every state is counted, and the line is the one programs read", () => {
  const report = {
    success: false,
    testResults: [fileOf("passed", "passed", "pending", "todo"), fileOf("failed", "failed")],
  };
  expect(tallyLine(tallyOf(report))).toBe("1 passed, 1 failed, 2 skipped");
});

test("a test file that does not load is a failure although no test failed", () => {
  expect(tallyOf({ success: false, testResults: [fileOf("failed")] }).failed).toBe(1);
});

test("a run that did not succeed is a failure although no test failed", () => {
  expect(tallyOf({ success: false, testResults: [fileOf("passed", "passed")] }).failed).toBe(1);
});

test("reports are added up, and a missing one is a failure", () => {
  const one = path.join(folder, "one.json");
  writeFileSync(one, JSON.stringify({ success: true, testResults: [fileOf("passed", "passed")] }));
  expect(tallyReports([one, one])).toEqual({ passed: 2, failed: 0, skipped: 0 });
  expect(tallyReports([one, path.join(folder, "two.json")]).failed).toBe(1);
});
