import { expect, test } from "vitest";

import { figuresOf, programmeFigures, type ProgrammeSums } from "./figures.ts";
import { judgeIndicators } from "./judge-indicators.ts";

const words = { en: "x", zh: "x" };
const nothing: ProgrammeSums = {
  ...{ applicants: 0n, grants: 0n, granted: 0n, redeemed: 0n, base: 0n },
  ...{ domestic: 0n, ofKnownOrigin: 0n, cardSeconds: 0n },
};
const some: ProgrammeSums = {
  ...{ applicants: 2n, grants: 3n, granted: 300_000_000n, redeemed: 100_000_000n },
  ...{ base: 1_000_000_000n, domestic: 1n, ofKnownOrigin: 3n, cardSeconds: 7199n },
};

test("R42: figures are exact shares, rounded down; of nothing there is no share", () => {
  expect(figuresOf(some)).toEqual({
    ...{ applicants: 2n, grants: 3n, granted: 300_000_000n, redeemed: 100_000_000n },
    ...{ contracts: 1_000_000_000n, "redeemed-share": 333_333n, leverage: 2_333_333n },
    ...{ "domestic-share": 333_333n, "card-hours": 1n },
  });
  const none = figuresOf(nothing);
  expect([none["redeemed-share"], none.leverage, none["domestic-share"]]).toEqual([
    null,
    null,
    null,
  ]);
  expect(none.grants).toBe(0n);
  expect(Object.keys(none)).toEqual(Object.keys(programmeFigures));
});

test("R42: where less than the claim was spent, nothing of the applicant's own is made up", () => {
  expect(figuresOf({ ...some, base: 100_000_000n }).leverage).toBe(0n);
});

test("R42: a goal is met, missed, or not judged where no figure is known", () => {
  const goals = [
    { code: "leverage", text: words, unit: "rate" as const, goal: { atLeast: 2_000_000n } },
    { code: "grants", text: words, unit: "count" as const, goal: { atMost: 2n } },
    { code: "patents", text: words, unit: "count" as const, goal: { atLeast: 1n } },
  ];
  expect(judgeIndicators(goals, figuresOf(some))).toEqual([
    { code: "leverage", value: 2_333_333n, isMet: true },
    { code: "grants", value: 3n, isMet: false },
    { code: "patents", value: null, isMet: null },
  ]);
});
