import { expect, test } from "vitest";
import { compare, emptyTally, problemsOf } from "./compare.ts";

test("the rules and an oracle in exact fractions agree on 20,000 random claims", () => {
  const tally = emptyTally();
  expect(compare(20_000, 4_000_000, tally)).toBeNull();
  expect(tally.claims).toBe(20_000);
  // A comparison of nothing but refusals would prove little.
  expect(tally.granted).toBeGreaterThan(5_000);
  expect(tally.incomplete).toBeGreaterThan(500);
  expect(tally.redeemed).toBeGreaterThan(1_500);
  expect(tally.releases).toBeGreaterThan(300);
  expect(tally.inKind).toBeGreaterThan(2_000);
  expect(tally.drawn).toBeGreaterThan(800);
});

test("the programmes it tries are such as are let in", () => {
  expect(problemsOf(300, 4_000_000)).toEqual([]);
});
