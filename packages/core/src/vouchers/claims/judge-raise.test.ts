import { expect, test } from "vitest";
import { aCap, aProgramme, money } from "../builders.testing.ts";
import { judgeRaise } from "../index.ts";

const versions = [
  aProgramme({ caps: [aCap("old", "1.00", { relaxableTo: money("9.00") })] }),
  aProgramme({
    caps: [aCap("yearly", "100.00", { relaxableTo: money("150.00") }), aCap("firm", "5.00")],
  }),
];

test.each<[string, string, string | null]>([
  ["yearly", "150.00", null],
  ["yearly", "100.01", null],
  ["old", "2.00", null], // of a version before: open claims are decided by it
  ["yearly", "150.01", "/limit must be at most 150.00, as far as the rules let it go; read 150.01"],
  ["yearly", "100.00", "/limit must be above 100.00, which the cap allows anyway; read 100.00"],
  ["firm", "6.00", '/cap "firm" may not be raised by its rules; these may be raised: yearly'],
  ["other", "6.00", '/cap "other" is no cap of the programme; these may be raised: yearly'],
])("%s to %s: %s", (cap, limit, wrong) => {
  const problem = judgeRaise(versions, { cap, limit: money(limit) });
  expect(problem && `${problem.path} ${problem.message}`).toBe(wrong);
});
