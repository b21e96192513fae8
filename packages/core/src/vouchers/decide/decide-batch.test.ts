import { describe, expect, test } from "vitest";
import { aCap, aCase, aLine, aPart, aProgramme, day, money, share } from "../builders.testing.ts";
import { noCounters, overlay } from "../counters.ts";
import { formatYuan } from "../../units/index.ts";
import { decideBatch } from "./decide-batch.ts";

/** 50 % of the first 1,000 yuan of a year, 10 % of the rest; 100 yuan for each project. */
const rules = aProgramme({
  parts: [
    aPart("bands", {
      bands: {
        ...{ counting: "marginal", over: "calendar-year" },
        rows: [
          { from: money("0"), to: money("1,000.00"), rate: share("0.5") },
          { from: money("1,000.00"), to: null, rate: share("0.1") },
        ],
      },
    }),
  ],
  caps: [aCap("project", "100.00", { per: "project" })],
});
const asOf = day("2024-04-01");
const of = (claim: string, differs: object) =>
  aCase({ claim, contract: "same", lines: [aLine("a", "1,000.00")], ...differs });
const other = of("a", { contract: "other", applicant: "another firm", project: "bridge" });

describe("claims of one round for one contract", () => {
  test("what the one refused first had counted is given back before the next", () => {
    const cases = [other, of("b", { project: "bridge" }), of("c", {}), of("d", {})];
    const all = decideBatch({ rules, cases, counters: noCounters, asOf });
    expect(
      all.map(({ claim, decision, insteadOf }) => [
        ...[claim, decision.outcome, formatYuan(decision.granted), insteadOf],
      ]),
    ).toEqual([
      ["a", "granted", "100.00", null],
      ["b", "refused", "0.00", null],
      ["c", "granted", "500.00", "b"],
      ["d", "granted", "100.00", null], // what was granted counts
    ]);
  });

  test("counts for other contracts and applicants as before", () => {
    const cases = [
      other,
      of("b", { project: "bridge" }),
      of("c", { contract: "beside" }),
      of("d", { applicant: "a third firm" }),
    ];
    const all = decideBatch({ rules, cases, counters: noCounters, asOf });
    expect(all.map(({ decision, insteadOf }) => [decision.granted, insteadOf])).toEqual([
      [money("100.00"), null],
      [0n, null],
      [money("100.00"), null],
      [money("500.00"), null],
    ]);
  });

  test("leaves what was counted before the round alone", () => {
    const cases = [other, of("b", { project: "bridge" }), of("c", {})];
    const { touched } = decideBatch({ rules, cases: [of("x", {})], counters: noCounters, asOf })[0]!
      .decision;
    const before = overlay(noCounters);
    before.add(touched);
    const all = decideBatch({ rules, cases, counters: before.counters, asOf });
    expect(all.map(({ decision }) => formatYuan(decision.granted))).toEqual([
      ...["100.00", "0.00", "100.00"],
    ]);
  });
});
