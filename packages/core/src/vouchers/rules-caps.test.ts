import { describe, expect, test } from "vitest";
import {
  aCap,
  aCase,
  aLine,
  aPart,
  aPayer,
  aProgramme,
  day,
  decided,
  money,
  onceFor,
  refusalsOf,
  share,
  text,
} from "./builders.testing.ts";
import { keysOf, noCounters, overlay, type Cap, type Case, type ProgrammeRules } from "./index.ts";

/* R28 to R30: never more than. Everything here pays all of the base. */

const whole = { parts: [aPart("all", "1")] };
const hundred = [aLine("compute", "100.00")];
const aClaimOf = (claim: string, differs: Partial<Case> = {}) =>
  aCase({ claim, contract: claim, lines: hundred, ...differs });

/** What each claim gets, one after the other. */
function inTurn(rules: ProgrammeRules, cases: readonly Case[]): string[] {
  const { counters, add } = overlay(noCounters);
  return cases.map((one) => {
    const answer = decided(rules, one, { counters });
    add(answer.touched);
    return text(answer.granted);
  });
}

describe("R28 caps", () => {
  const capped = (differs: Partial<Cap>) =>
    aProgramme({ ...whole, caps: [aCap("cap", "150.00", { period: "none", ...differs })] });

  test.each<[Cap["per"], Partial<Case>, Partial<Case>]>([
    ["contract", { contract: "k" }, { contract: "l" }],
    ["applicant", { applicant: "a" }, { applicant: "b" }],
    ["project", { project: "a" }, { project: "b" }],
    ["supplier", { supplier: "a" }, { supplier: "b" }],
    ["tier", { facts: { "applicant.tier": "a" } }, { facts: { "applicant.tier": "b" } }],
  ])("per %s: what is counted together, and what apart", (per, one, other) => {
    const cases = [aClaimOf("x", one), aClaimOf("y", one), aClaimOf("z", other)];
    expect(inTurn(capped({ per }), cases)).toEqual(["100.00", "50.00", "100.00"]);
  });
  test("per claim and per programme", () => {
    const cases = [aClaimOf("x"), aClaimOf("y", { applicant: "else", supplier: "else" })];
    expect(inTurn(capped({ per: "programme" }), cases)).toEqual(["100.00", "50.00"]);
    const limit = { amount: money("80.00") };
    expect(inTurn(capped({ per: "claim", limit }), cases)).toEqual(["80.00", "80.00"]);
  });
  test("a claim without a project has no cap per project; one without a tier none per tier", () => {
    const tierless = aClaimOf("y", { facts: { "applicant.tier": null } });
    expect(inTurn(capped({ per: "project" }), [aClaimOf("x"), aClaimOf("y")])).toEqual([
      "100.00",
      "100.00",
    ]);
    expect(inTurn(capped({ per: "tier" }), [tierless, tierless])).toEqual(["100.00", "100.00"]);
    expect(decided(capped({ per: "tier" })).outcome).toBe("incomplete");
  });

  test.each<[Cap["period"], string, string]>([
    ["calendar-year", "2024-12-31", "2025-01-01"],
    ["half-year", "2024-06-30", "2024-07-01"],
    ["quarter", "2024-03-31", "2024-04-01"],
    ["month", "2024-02-29", "2024-03-01"],
  ])("per %s: full until %s, open from %s on", (period, last, next) => {
    const cases = [day(last), day(last), day(next)].map((appliedOn, index) =>
      aClaimOf(`c${index}`, { appliedOn }),
    );
    expect(inTurn(capped({ period }), cases)).toEqual(["100.00", "50.00", "100.00"]);
  });
  test("per three years: the two years before count too", () => {
    const cases = ["2022-05-01", "2024-05-01", "2025-05-01"].map((on, index) =>
      aClaimOf(`c${index}`, { appliedOn: day(on) }),
    );
    const rules = capped({ period: { years: 3 } });
    const old = {
      ...rules,
      version: { ...rules.version, inForce: { from: day("2020-01-01"), until: null } },
    };
    expect(inTurn(old, cases)).toEqual(["100.00", "50.00", "100.00"]);
  });
  test("by the year of signing, not of deciding", () => {
    const signed = (on: string) => ({ facts: { "contract.signedOn": day(on) } });
    const cases = [aClaimOf("a", signed("2023-12-31")), aClaimOf("b", signed("2024-01-01"))];
    expect(inTurn(capped({ period: "calendar-year", by: "signed" }), cases)).toEqual([
      "100.00",
      "100.00",
    ]);
    expect(inTurn(capped({ period: "calendar-year" }), cases)).toEqual(["100.00", "50.00"]);
  });
  test("of some parts only: the last of them is cut first", () => {
    const rules = aProgramme({
      parts: [aPart("a", "1"), aPart("b", "1"), aPart("c", "1")],
      caps: [aCap("cap", "120.00", { parts: ["a", "b"] })],
    });
    const decision = decided(rules, aClaimOf("x"));
    expect(decision.parts.map(({ granted }) => text(granted))).toEqual([
      "100.00",
      "20.00",
      "100.00",
    ]);
  });
  test("for those that a condition names only", () => {
    const rules = capped({
      per: "claim",
      limit: { amount: money("10.00") },
      when: { fact: "applicant.tier", is: "b" },
    });
    const tier = (name: string) => aClaimOf(name, { facts: { "applicant.tier": name } });
    expect(inTurn(rules, [tier("a"), tier("b")])).toEqual(["100.00", "10.00"]);
  });
  test("relaxable by two persons, as far as the programme allows", () => {
    const rules = capped({
      per: "applicant",
      limit: { amount: money("10.00") },
      relaxableTo: money("60.00"),
    });
    const approved = (...approvedBy: string[]) =>
      aClaimOf("x", { approvals: [{ cap: "cap", limit: money("90.00"), approvedBy }] });
    expect(inTurn(rules, [approved("p", "q")])).toEqual(["60.00"]);
    expect(inTurn(rules, [approved("p", "p")])).toEqual(["10.00"]);
    const fixed = capped({ per: "applicant", limit: { amount: money("10.00") } });
    expect(inTurn(fixed, [approved("p", "q")])).toEqual(["10.00"]);
  });
  test("in file order, then the budget; each says what it refused", () => {
    const rules = aProgramme({
      ...whole,
      caps: [aCap("first", "90.00"), aCap("second", "70.00")],
      budget: { amount: money("40.00"), period: "calendar-year" },
    });
    expect(refusalsOf(decided(rules, aClaimOf("x")))).toEqual([
      "first 10.00",
      "second 20.00",
      "budget 30.00",
    ]);
  });
});

describe("R29 ceiling on all public money per contract", () => {
  const publicCeiling = {
    code: "public-ceiling",
    text: { en: "half", zh: "一半" },
    rate: share("0.5"),
    amount: null,
  };
  const district = aProgramme({ ...whole, id: "zone", publicCeiling, parts: [aPart("a", "0.4")] });
  const city = aProgramme({ ...whole, id: "city", publicCeiling, parts: [aPart("a", "0.4")] });

  test("two programmes of two levels share it; so does money from elsewhere", () => {
    const { counters, add } = overlay(noCounters);
    const first = decided(district, aClaimOf("k"), { counters });
    add(first.touched);
    const second = decided(city, { ...aClaimOf("k"), claim: "k-2" }, { counters });
    expect(text(second.granted)).toBe("10.00");
    expect(refusalsOf(second)).toEqual(["public-ceiling 30.00"]);
    const otherMoney = [{ programme: "x", level: "state" as const, amount: money("4.99") }];
    const third = decided(city, { ...aClaimOf("k"), claim: "k-2", otherMoney }, { counters });
    expect(text(third.granted)).toBe("5.01");
    expect(decided(city, aClaimOf("other"), { counters }).granted).toBe(money("40.00"));
  });
  test("both lock the same counter", () => {
    const keys = [district, city].map((rules) =>
      keysOf({ rules, case: aClaimOf("k/1"), asOf: day("2024-03-20") }),
    );
    for (const own of keys) expect(own).toContain("public/contract/k%2F1");
    expect(keys[0]).toEqual(keys[0]!.toSorted());
  });
  test("a contract without a total cannot be judged", () => {
    const lines = [aLine("a", "0", {}, { amounts: { paid: money("10.00") } })];
    const rules = { ...city, spend: { ...city.spend, claimBase: "paid" as const } };
    expect(decided(rules, aCase({ lines })).missing.map(({ name }) => name)).toEqual([
      "contract.total",
    ]);
  });
});

describe("R30 exclusivity", () => {
  test.each([
    ["contract", { contract: "k", applicant: "else" }],
    ["applicant", { contract: "l" }],
    ["project", { contract: "l", applicant: "else", project: "p" }],
  ] as const)("once per %s, whoever claims", (once, again) => {
    const rules = aProgramme({ ...whole, exclusions: [onceFor("had", once)] });
    const first = aClaimOf("x", { contract: "k", project: "p" });
    expect(inTurn(rules, [first, aClaimOf("y", again)])).toEqual(["100.00", "0.00"]);
  });
  const noOther = (levels: readonly "city"[], programmes: readonly string[]) => ({
    exclusions: [
      { noOther: { levels, programmes }, code: "double-funding", text: { en: "x", zh: "x" } },
    ],
  });
  test("no other money of a level, from here or elsewhere; its own does not count", () => {
    const { counters, add } = overlay(noCounters);
    const ours = aProgramme({ ...whole, ...noOther(["city"], []) });
    const other = aProgramme({ ...whole, id: "other" });
    const twice = [aClaimOf("a", { contract: "k" }), aClaimOf("b", { contract: "k" })];
    for (const one of twice) {
      const answer = decided(ours, one, { counters });
      expect(answer.outcome).toBe("granted");
      add(answer.touched);
    }
    add(decided(other, aClaimOf("c", { contract: "k" }), { counters }).touched);
    expect(refusalsOf(decided(ours, aClaimOf("d", { contract: "k" }), { counters }))).toEqual([
      "double-funding 100.00",
    ]);
    expect(decided(ours, aClaimOf("e", { otherMoney: null })).outcome).toBe("incomplete");
  });
  test("no money of a named programme", () => {
    const { counters, add } = overlay(noCounters);
    const ours = aProgramme({ ...whole, ...noOther([], ["other"]) });
    const payers = [aPayer("state", { level: "state" })];
    add(
      decided(aProgramme({ ...whole, id: "other", payers }), aClaimOf("k"), { counters }).touched,
    );
    expect(decided(ours, aClaimOf("k"), { counters }).outcome).toBe("refused");
    expect(decided(ours, aClaimOf("l"), { counters }).outcome).toBe("granted");
  });
});
