import { describe, expect, test } from "vitest";
import {
  aCase,
  aClaim,
  aLine,
  aPart,
  aPayer,
  aProgramme,
  aSettlement,
  day,
  decided,
  money,
  refusalsOf,
  share,
  text,
} from "./builders.testing.ts";
import { noCounters, overlay, redeem, type Bands, type Case, type Part } from "./index.ts";

/* R19 to R27: how much. */

const ofAmount = (amount: string, differs: Partial<Case> = {}) =>
  aCase({ lines: [aLine("compute", amount)], ...differs });
const granted = (parts: Part[], amount: string) =>
  text(decided(aProgramme({ parts }), ofAmount(amount)).granted);

test("R19 ceiling rate: a share of the base, rounded down", () => {
  expect(granted([aPart("a", "0.2")], "1,234,567.89")).toBe("246913.57");
  const rules = aProgramme({
    parts: [aPart("a", "0.2"), aPart("b", "0.15")],
    caps: [
      {
        ...{ code: "ceiling", text: { en: "x", zh: "x" }, per: "claim", period: "none" },
        ...{ by: "decided", when: null, limit: { rate: share("0.3") }, counts: "granted" },
        ...{ parts: null, relaxableTo: null },
      },
    ],
  });
  const decision = decided(rules, ofAmount("100.01"));
  expect(text(decision.granted)).toBe("30.00");
  expect(refusalsOf(decision)).toEqual(["ceiling 5.00"]);
});

test("R20 rate table by attributes: the first row that holds, no row no money", () => {
  const rates = [
    { when: { fact: "line.chipOrigin", is: "domestic" } as const, rate: share("0.3") },
    { when: { fact: "line.class", is: "compute" } as const, rate: share("0.2") },
  ];
  const lines = [
    aLine("a", "100.00", { "line.chipOrigin": "domestic" }),
    aLine("b", "100.00", { "line.chipOrigin": "other" }),
    aLine("c", "100.00", { "line.chipOrigin": "other", "line.class": "storage" }),
  ];
  const decision = decided(aProgramme({ parts: [aPart("a", { rates })] }), aCase({ lines }));
  expect(
    decision.parts[0]!.rows.map(({ row, lines: ids, amount }) => [row, ids, text(amount)]),
  ).toEqual([
    [0, ["a"], "30.00"],
    [1, ["b"], "20.00"],
  ]);
  expect(decision.excluded).toEqual([{ line: "c", code: "no-part", amount: money("100.00") }]);
});

describe("R21 bands of 50, 35 and 20 %", () => {
  const rows = [
    { from: money("0"), to: money("100,000.00"), rate: share("0.5") },
    { from: money("100,000.00"), to: money("500,000.00"), rate: share("0.35") },
    { from: money("500,000.00"), to: null, rate: share("0.2") },
  ];
  const bands = (differs: Partial<Bands>) =>
    aPart("bands", { bands: { counting: "marginal", over: "claim", rows, ...differs } });

  test.each([
    ["100,000.00", "50000.00"],
    ["100,000.01", "50000.00"],
    ["500,000.00", "190000.00"],
    ["600,000.00", "210000.00"],
  ])("R21 bands, marginal: %s gives %s", (amount, gives) => {
    expect(granted([bands({})], amount)).toBe(gives);
  });
  test.each([
    ["99,999.99", "49999.99"],
    ["100,000.00", "35000.00"],
    ["500,000.00", "100000.00"],
  ])("R21 bands, whole: %s gives %s", (amount, gives) => {
    expect(granted([bands({ counting: "whole" })], amount)).toBe(gives);
  });
  test("over a year: two claims give what one of both would, and the next year begins anew", () => {
    const rules = aProgramme({ parts: [bands({ over: "calendar-year" })] });
    const { counters, add } = overlay(noCounters);
    const claims = [
      ofAmount("80,000.01", { claim: "a" }),
      ofAmount("519,999.99", { claim: "b" }),
      ofAmount("100,000.00", { claim: "c", appliedOn: day("2025-01-01") }),
    ];
    const answers = claims.map((one) => {
      const answer = decided(rules, one, { counters });
      add(answer.touched);
      return text(answer.granted);
    });
    expect(answers).toEqual(["40000.00", "170000.00", "50000.00"]);
  });
  test("whole bands with a lower rate above never take back, nor give too much", () => {
    const rules = aProgramme({ parts: [bands({ counting: "whole", over: "calendar-year" })] });
    const { counters, add } = overlay(noCounters);
    const answers = ["90,000.00", "20,000.00", "30,000.00"].map((amount, index) => {
      const answer = decided(rules, ofAmount(amount, { claim: `c${index}` }), { counters });
      add(answer.touched);
      return text(answer.granted);
    });
    // 45,000; 35 % of 110,000 is 38,500: less; 35 % of 140,000 is 49,000: 4,000 more.
    expect(answers).toEqual(["45000.00", "0.00", "4000.00"]);
  });
});

test("R22 highest-of or sum-of", () => {
  const parts = [aPart("a", "0.5"), aPart("b", "0.6"), aPart("c", "0.1")];
  const rules = aProgramme({ parts, combine: [{ highestOf: ["a", "b"] }] });
  const decision = decided(rules, ofAmount("100.00"));
  expect(text(decision.granted)).toBe("70.00");
  expect(decision.parts.map(({ surpassedBy }) => surpassedBy)).toEqual(["b", null, null]);
  expect(granted(parts, "100.00")).toBe("120.00");
  const equal = aProgramme({
    parts: [aPart("a", "0.5"), aPart("b", "0.5")],
    combine: [{ highestOf: ["b", "a"] }],
  });
  expect(decided(equal).parts.map(({ surpassedBy }) => surpassedBy)).toEqual([null, "a"]);
});

test("R23 one-off grant: by row, once for each applicant, ever", () => {
  const rows = [
    { when: { fact: "applicant.sizeClass", is: "small" } as const, amount: money("500,000.00") },
    { when: null, amount: money("300,000.00") },
  ];
  const rules = aProgramme({ parts: [aPart("landing", { once: { rows, per: "applicant" } })] });
  const { counters, add } = overlay(noCounters);
  const claim = (id: string, facts = {}) => {
    const answer = decided(rules, aCase({ claim: id, contract: id, facts }), { counters });
    add(answer.touched);
    return answer;
  };
  const first = claim("a", { "applicant.sizeClass": "small" });
  expect(text(first.granted)).toBe("500000.00");
  const second = claim("b", { "applicant.sizeClass": "large" });
  expect(second.outcome).toBe("refused");
  expect(refusalsOf(second)).toEqual(["had-before 300000.00"]);
});

describe("R24 levels that stack, upper-level co-funding", () => {
  const payers = [
    aPayer("district", { level: "district", share: share("0.2") }),
    aPayer("city", { share: share("0.3") }),
    aPayer("province", { level: "province", share: share("0.5") }),
  ];
  const borne = (rules: ReturnType<typeof aProgramme>, amount: string) =>
    decided(rules, ofAmount(amount)).payers.map((one) => `${one.payer} ${text(one.amount)}`);

  test("each bears its share; the last one what rounding leaves", () => {
    const rules = aProgramme({ payers, parts: [aPart("a", "1")] });
    expect(borne(rules, "100.03")).toEqual(["district 20.00", "city 30.01", "province 50.02"]);
  });
  test("the city pays 30 %, the district the rest of it all", () => {
    const parts = [
      aPart("city", "0.3", { payers: ["city"] }),
      aPart("district", "0.7", { payers: ["district"] }),
    ];
    expect(borne(aProgramme({ payers, parts }), "1,000.00")).toEqual([
      "district 700.00",
      "city 300.00",
    ]);
  });
  test("where one level has no more money, the others still bear theirs", () => {
    const budget = { amount: money("10.00"), period: "none" as const };
    const poor = payers.map((one) => (one.code === "city" ? { ...one, budget } : one));
    const decision = decided(
      aProgramme({ payers: poor, parts: [aPart("a", "1")] }),
      ofAmount("100.00"),
    );
    expect(text(decision.granted)).toBe("80.00");
    expect(refusalsOf(decision)).toEqual(["payer-budget 20.00"]);
  });
  test("the province adds half of what the city gave", () => {
    const rule = { coFund: { levels: ["city"], rate: share("0.5") } } as const;
    const rules = aProgramme({ payers, parts: [aPart("co", rule, { payers: ["province"] })] });
    const otherMoney = [
      { programme: "city-ai", level: "city" as const, amount: money("100.01") },
      { programme: "zone", level: "district" as const, amount: money("900.00") },
    ];
    expect(text(decided(rules, aCase({ otherMoney })).granted)).toBe("50.00");
    expect(decided(rules, aCase({ otherMoney: null })).missing.map(({ name }) => name)).toEqual([
      "otherMoney",
    ]);
  });
  test("what is redeemed is borne as what was granted, to the fen", () => {
    const rules = aProgramme({ payers, parts: [aPart("a", "0.5")] });
    const claim = aClaim(rules, ofAmount("1,000.00"));
    const asOf = day("2024-06-01");
    const half = redeem({
      rules,
      claim,
      settlement: aSettlement("333.33"),
      counters: noCounters,
      asOf,
    });
    expect(half.payers.map(({ amount }) => text(amount))).toEqual(["33.33", "49.99", "83.34"]);
    expect(text(half.released)).toBe("333.34");
  });
});

describe("R25 in-kind quota", () => {
  const part = aPart("hours", {
    inKind: {
      unit: "card-hours",
      share: share("0.5"),
      most: 1_000n,
      quotas: [
        { code: "firm-quota", per: "applicant", period: "calendar-year", amount: 1_500n },
        { code: "pool", per: "programme", period: "none", amount: 1_700n },
      ],
    },
  });
  const rules = aProgramme({ parts: [part] });
  const asking = (claim: string, hours: bigint, applicant = "firm") =>
    aCase({
      claim,
      applicant,
      lines: [aLine("a", "0", {}, { quantities: { "card-hours": hours } })],
    });

  test("half of what is asked, at most 1,000 each, then the quotas in their order", () => {
    const { counters, add } = overlay(noCounters);
    const answers = [asking("a", 2_401n), asking("b", 1_500n), asking("c", 800n, "else")].map(
      (of) => {
        const answer = decided(rules, of, { counters });
        add(answer.touched);
        return answer;
      },
    );
    expect(answers.map(({ inKind }) => inKind[0]!.granted)).toEqual([1_000n, 500n, 200n]);
    expect(answers[1]!.inKind[0]!.refused).toEqual([
      { code: "above-share", amount: 750n },
      { code: "firm-quota", amount: 250n },
    ]);
    expect(answers[2]!.inKind[0]!.refused.map(({ code }) => code)).toEqual(["above-share", "pool"]);
    expect(answers.every(({ outcome }) => outcome === "granted")).toBe(true);
  });
  test("a quota that a new version lowered below its use gives nothing", () => {
    const { inKind } = decided(rules, asking("a", 100n), { counters: () => 5_000n });
    expect(inKind[0]!.granted).toBe(0n);
  });
  test("what is not said is asked for", () => {
    expect(decided(rules, aCase()).missing.map(({ name }) => name)).toEqual([
      "quantities.card-hours",
    ]);
  });
});

describe("R26 fixed denominations", () => {
  const amounts = [money("10,000.00"), money("50,000.00"), money("100,000.00")];
  const part = (fill: "one" | "many") =>
    aPart("face", { rates: [{ when: null, rate: share("0.5") }], faces: { amounts, fill } });
  test.each([
    ["19,999.99", "0.00", "0.00"],
    ["150,000.00", "50000.00", "70000.00"],
    ["420,000.00", "100000.00", "210000.00"],
  ])("half of %s: one voucher of %s, or several of %s", (amount, one, many) => {
    expect(granted([part("one")], amount)).toBe(one);
    expect(granted([part("many")], amount)).toBe(many);
  });
  test("what a cap leaves must fill a voucher again", () => {
    const budget = { amount: money("65,000.00"), period: "none" as const };
    const decision = decided(aProgramme({ parts: [part("many")], budget }), ofAmount("200,000.00"));
    expect(text(decision.granted)).toBe("60000.00");
    expect(refusalsOf(decision)).toEqual(["budget 35000.00", "no-face 5000.00"]);
  });
});

test("R27 target grant to a supplier", () => {
  const rules = aProgramme({
    parts: [aPart("a", "0.2"), aPart("b", "0.1", { payee: "supplier" })],
  });
  const claim = aClaim(rules, ofAmount("1,000.00"));
  expect(claim.decision.parts.map(({ payee }) => payee)).toEqual(["applicant", "supplier"]);
  const asOf = day("2024-06-01");
  const { parts } = redeem({
    rules,
    claim,
    settlement: aSettlement("1,000.00"),
    counters: noCounters,
    asOf,
  });
  expect(parts.map(({ payee, redeemed }) => `${payee} ${text(redeemed)}`)).toEqual([
    "applicant 200.00",
    "supplier 100.00",
  ]);
});
