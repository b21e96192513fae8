import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason,
} from "vitest/node";
import { tallyLine } from "./tally.ts";
import type { Tally } from "./tally.ts";

/**
 * The last lines of a test run, for people and programs alike: each skipped test with its reason,
 * then `N passed, N failed, N skipped`. A file that does not load counts as one failure, and so
 * does a run that went wrong outside all tests.
 */
export class PlainSummary implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const tally = tallyOf(modules, tests);
    const wentWrong = errors.length > 0 || reason !== "passed" || tests.length === 0;
    const failed = tally.failed === 0 && wentWrong ? 1 : tally.failed;
    const lines = [...tests.filter(isSkipped).map(skipLine), tallyLine({ ...tally, failed })];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

function tallyOf(modules: readonly TestModule[], tests: readonly TestCase[]): Tally {
  const inState = (state: string) => tests.filter((test) => test.result().state === state).length;
  const broken = modules.filter((module) => module.state() === "failed" && !hasFailedTest(module));
  return {
    passed: inState("passed"),
    failed: inState("failed") + broken.length,
    skipped: inState("skipped"),
  };
}

function hasFailedTest(module: TestModule): boolean {
  return [...module.children.allTests("failed")].length > 0;
}

function isSkipped(test: TestCase): boolean {
  return test.result().state === "skipped";
}

function skipLine(test: TestCase): string {
  const result = test.result();
  const reason = result.state === "skipped" ? result.note : undefined;
  return `skipped: ${test.module.moduleId} > ${test.fullName}: ${reason ?? "no reason given"}`;
}
