// Adds up the JSON reports of test runs and prints `N passed, N failed, N skipped`:
//   node tools/tally.ts report.json …
// Exits 1 when anything failed, when a report is missing, or when there was no test at all.
import { readFileSync } from "node:fs";

/** How many tests ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

if (import.meta.main) {
  const tally = tallyReports(process.argv.slice(2));
  process.stdout.write(`${tallyLine(tally)}\n`);
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

/** The line that programs read. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The sum over all files; one that is missing or broken counts as one failure. */
export function tallyReports(files: readonly string[]): Tally {
  const tallies = files.map((file) => {
    try {
      return tallyOf(JSON.parse(readFileSync(file, "utf8")) as Report);
    } catch (error) {
      process.stderr.write(`no test report in ${file}: ${(error as Error).message}\n`);
      return { passed: 0, failed: 1, skipped: 0 };
    }
  });
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/**
 * Counts one report. A test file that failed without a failed test did not load: one failure. So is
 * a run that did not succeed although no test failed.
 */
export function tallyOf({ success, testResults }: Report): Tally {
  const states = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = count("failed") + broken.length;
  return {
    passed: count("passed"),
    failed: failed === 0 && !success ? 1 : failed,
    skipped: count("skipped", "pending", "todo", "disabled"),
  };
}
