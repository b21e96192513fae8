import { describe, expect, test } from "vitest";
import {
  aCase,
  aLine,
  aProgramme,
  aRequirement,
  day,
  decided,
  money,
  share,
} from "./builders.testing.ts";
import { orderClaims, type Case, type Condition, type Facts } from "./index.ts";

/* R1 to R9: who may have it. */

const needing = (need: Condition) =>
  aProgramme({ requirements: [aRequirement("not-allowed", need)] });

/** The outcome, and why: codes, or the names of what has to be known. */
const answerOf = (need: Condition, of: Partial<Case>) => {
  const { outcome, refused, missing } = decided(needing(need), aCase(of));
  return [outcome, ...refused.map(({ code }) => code), ...missing.map(({ name }) => name)].join(
    " ",
  );
};
const withFacts = (facts: Facts) => ({ facts });

describe("R1 registration place and real operation", () => {
  const need: Condition = {
    all: [
      { fact: "applicant.registeredIn", within: ["330100"] },
      { fact: "applicant.operatesIn", within: ["330100", "330500"] },
    ],
  };
  test.each([
    ["330106", "330502", "granted"],
    ["330100", "330100", "granted"],
    ["330200", "330106", "refused not-allowed"],
    ["330106", "310000", "refused not-allowed"],
  ])("registered in %s, operating in %s: %s", (registered, operates, answer) => {
    const facts = { "applicant.registeredIn": registered, "applicant.operatesIn": operates };
    expect(answerOf(need, withFacts(facts))).toBe(answer);
  });
  test("one wrong place is enough to refuse, whatever else is unknown", () => {
    expect(answerOf(need, withFacts({ "applicant.operatesIn": "110000" }))).toBe(
      "refused not-allowed",
    );
    expect(answerOf(need, withFacts({ "applicant.operatesIn": "330100" }))).toBe(
      "incomplete applicant.registeredIn",
    );
  });
});

test("R2 legal form, also without legal personality", () => {
  const forms = ["company", "maker-without-legal-personality", "university"];
  const need: Condition = { fact: "applicant.legalForm", in: forms };
  const answer = (form: string) => answerOf(need, withFacts({ "applicant.legalForm": form }));
  expect(answer("maker-without-legal-personality")).toBe("granted");
  expect(answer("social-organisation")).toBe("refused not-allowed");
});

test("R3 industry or named list", () => {
  const need: Condition = {
    any: [
      { fact: "applicant.industries", has: ["software-it", "manufacturing"] },
      { fact: "applicant.lists", has: ["leading-ai-firms"] },
    ],
  };
  expect(answerOf(need, withFacts({ "applicant.industries": ["manufacturing"] }))).toBe("granted");
  expect(answerOf(need, withFacts({ "applicant.lists": ["leading-ai-firms"] }))).toBe("granted");
  expect(answerOf(need, withFacts({ "applicant.industries": ["retail"] }))).toBe(
    "incomplete applicant.lists",
  );
  const neither = { "applicant.industries": ["retail"], "applicant.lists": [] };
  expect(answerOf(need, withFacts(neither))).toBe("refused not-allowed");
});

describe("R4 age and size class", () => {
  const need: Condition = {
    all: [
      { fact: "applicant.registeredOn", withinYears: 5, before: "applied" },
      { fact: "applicant.sizeClass", in: ["micro", "small"] },
      { fact: "applicant.staff", atMost: 300n },
    ],
  };
  test.each([
    ["2019-03-21", 300n, "granted"],
    ["2019-03-20", 300n, "refused not-allowed"], // five years old that very day
    ["2019-03-21", 301n, "refused not-allowed"],
  ])("registered %s with %d people, applied 2024-03-20: %s", (registered, staff, answer) => {
    const facts = {
      "applicant.registeredOn": day(registered),
      "applicant.sizeClass": "small",
      "applicant.staff": staff,
    };
    expect(answerOf(need, withFacts(facts))).toBe(answer);
  });
});

describe("R5 credit window of N years", () => {
  const need: Condition = { not: { fact: "applicant.lastDiscreditedOn", withinYears: 3 } };
  test.each([
    [null, "granted"],
    ["2021-03-20", "granted"], // three years to the day
    ["2021-03-21", "refused not-allowed"],
  ])("last discredited %s, decided 2024-03-20: %s", (on, answer) => {
    const facts = { "applicant.lastDiscreditedOn": on === null ? null : day(on) };
    expect(answerOf(need, withFacts(facts))).toBe(answer);
  });
});

test("R6 model filing status", () => {
  const need: Condition = { fact: "line.modelFiling", in: ["national", "local"] };
  const rules = aProgramme({ requirements: [aRequirement("not-filed", need, { of: "line" })] });
  const line = (id: string, filing: string | null) =>
    aLine(id, "100.00", { "line.modelFiling": filing });
  const lines = [line("a", "national"), line("b", "none"), line("c", null)];
  const { excluded, base } = decided(rules, aCase({ lines }));
  expect(excluded.map(({ line: id, code }) => `${id} ${code}`)).toEqual([
    "b not-filed",
    "c not-filed",
  ]);
  expect(base).toBe(money("100.00"));
});

test("R7 role exclusion", () => {
  const roles = ["registered-supplier", "compute-is-main-business"];
  const need: Condition = { not: { fact: "applicant.roles", has: roles } };
  const answer = (own: string[]) => answerOf(need, withFacts({ "applicant.roles": own }));
  expect(answer([])).toBe("granted");
  expect(answer(["compute-is-main-business"])).toBe("refused not-allowed");
  const ownUse: Condition = { fact: "line.ownUse", is: false };
  const rules = aProgramme({ requirements: [aRequirement("own-use", ownUse, { of: "line" })] });
  const lines = [aLine("a", "100.00", { "line.ownUse": true })];
  expect(decided(rules, aCase({ lines })).outcome).toBe("refused");
});

describe("R8 no related party", () => {
  const need: Condition = {
    unrelated: { shareFrom: share("0.25"), controller: true, officers: true },
  };
  const held = (...chains: [string, string, string][]) => ({
    relations: {
      holdings: chains.map(([holder, below, part]) => ({
        holder,
        held: below,
        share: share(part),
      })),
      controllers: [],
      officers: [],
    },
  });
  const related = "refused not-allowed";
  test.each<[string, ReturnType<typeof held>, string]>([
    ["nobody holds anything", held(), "granted"],
    ["24.9999 % of the supplier", held(["firm", "centre", "0.249999"]), "granted"],
    ["25 % of the supplier", held(["firm", "centre", "0.25"]), related],
    ["the supplier holds the applicant", held(["centre", "firm", "0.3"]), related],
    ["half of a half", held(["firm", "m", "0.5"], ["m", "centre", "0.5"]), related],
    ["half of 49.9999 %", held(["firm", "m", "0.5"], ["m", "centre", "0.499999"]), "granted"],
    [
      "two paths that only together reach it",
      held(["firm", "m", "0.4"], ["m", "centre", "0.4"], ["firm", "centre", "0.09"]),
      related,
    ],
    ["a third party holds both", held(["t", "firm", "0.6"], ["t", "centre", "0.25"]), related],
    [
      "a third party holds little of one",
      held(["t", "firm", "0.6"], ["t", "centre", "0.2"]),
      "granted",
    ],
    [
      "a chain as long as there are parties",
      held(["firm", "a", "1"], ["a", "b", "1"], ["b", "c", "1"], ["c", "centre", "0.25"]),
      related,
    ],
    [
      "a chain ends at the supplier: what it holds of its own holders adds nothing",
      held(["firm", "centre", "0.2"], ["centre", "m", "0.9"], ["m", "centre", "0.5"]),
      "granted",
    ],
    ["a circle comes to an end", held(["a", "b", "0.5"], ["b", "a", "0.5"]), "granted"],
  ])("%s", (_, of, answer) => {
    expect(answerOf(need, of)).toBe(answer);
  });

  test("one controller, or an officer of both, is enough", () => {
    const none = { holdings: [], controllers: [], officers: [] };
    const controllers = ["firm", "centre"].map((party) => ({ party, controller: "c" }));
    expect(answerOf(need, { relations: { ...none, controllers } })).toBe(related);
    const over = [{ party: "firm", controller: "centre" }];
    expect(answerOf(need, { relations: { ...none, controllers: over } })).toBe(related);
    const officers = ["firm", "centre"].map((party) => ({ party, person: "p" }));
    expect(answerOf(need, { relations: { ...none, officers } })).toBe(related);
  });
  test("what is not known of them is asked for", () => {
    const relations = { holdings: null, controllers: null, officers: [] };
    expect(answerOf(need, { relations })).toBe(
      "incomplete relations.controllers relations.holdings",
    );
    expect(answerOf(need, { relations, supplier: "firm" })).toBe(related);
  });
});

test("R9 priority and ordering", () => {
  const rules = aProgramme({
    priority: {
      ranks: [
        { when: { fact: "applicant.sizeClass", in: ["micro", "small"] }, rank: 1 },
        { when: { fact: "applicant.sizeClass", is: "medium" }, rank: 2 },
      ],
      points: [{ when: { fact: "applicant.lists", has: ["key"] }, points: 10 }],
    },
  });
  const cases = [
    aCase({ claim: "large-early", appliedOn: day("2024-03-01") }),
    aCase({ claim: "medium", facts: { "applicant.sizeClass": "medium" } }),
    aCase({ claim: "small-b", facts: { "applicant.sizeClass": "small" } }),
    aCase({
      claim: "small-a",
      facts: { "applicant.sizeClass": "small", "applicant.lists": ["key"] },
    }),
    aCase({
      claim: "small-early",
      facts: { "applicant.sizeClass": "micro" },
      appliedOn: day("2024-03-02"),
    }),
  ];
  const order = (of: typeof rules) =>
    orderClaims(of, cases, day("2024-04-01")).map(({ claim }) => claim);
  const byDay = ["small-early", "small-a", "small-b", "medium", "large-early"];
  expect(order(rules)).toEqual(byDay);
  const cadence = { kind: "competitive" as const, windows: [], places: 3 };
  const byPoints = order({ ...rules, lifecycle: { ...rules.lifecycle, cadence } });
  expect(byPoints).toEqual(["small-a", "small-early", "small-b", "medium", "large-early"]);
});
