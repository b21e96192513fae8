import { describe, expect, test } from "vitest";
import {
  aCap,
  aCase,
  aClaim,
  aFloor,
  aLine,
  aPart,
  aProgramme,
  aRequirement,
  aSettlement,
  day,
  money,
  onceFor,
  refusalsOf,
  share,
  text,
} from "./builders.testing.ts";
import {
  decide,
  lastDay,
  noCounters,
  overlay,
  redeem,
  release,
  type Case,
  type Claim,
} from "./index.ts";

/* The golden vectors, to the fen. V3, V6 and V7 are not about vouchers. */

describe("V1 Hangzhou: one firm, one year, three contracts in turn", () => {
  const rules = aProgramme({
    parts: [
      aPart("compute", {
        rates: [
          {
            when: {
              all: [
                { fact: "line.class", is: "maas" },
                { fact: "line.modelFiling", in: ["national", "local"] },
                { fact: "line.modelKind", is: "multimodal-base" },
              ],
            },
            rate: share("0.3"),
          },
          { when: { fact: "line.chipOrigin", is: "domestic" }, rate: share("0.3") },
          { when: { fact: "line.class", is: "compute" }, rate: share("0.2") },
        ],
      }),
    ],
    caps: [aCap("annual-cap", "8,000,000.00")],
  });
  const maas = {
    "line.class": "maas",
    "line.modelFiling": "national",
    "line.modelKind": "multimodal-base",
    "line.chipOrigin": "other",
  };
  const domestic = { "line.chipOrigin": "domestic" };
  const other = { "line.chipOrigin": "other" };
  const claims: Case[] = [
    aCase({ claim: "c1", contract: "k1", lines: [aLine("l", "12,345,678.90", domestic)] }),
    aCase({ claim: "c2", contract: "k2", lines: [aLine("l", "9,876,543.21", other)] }),
    aCase({ claim: "c3", contract: "k3", lines: [aLine("l", "9,999,999.99", maas)] }),
  ];
  const inTurn = (budget: string | null) => {
    const { counters, add } = overlay(noCounters);
    const limited = budget === null ? null : { amount: money(budget), period: "none" as const };
    return claims.map((one) => {
      const asOf = one.appliedOn;
      const answer = decide({ rules: { ...rules, budget: limited }, case: one, counters, asOf });
      add(answer.touched);
      return answer;
    });
  };

  test("each is its rate; the third is cut to the year's cap", () => {
    const answers = inTurn(null);
    expect(answers.map(({ granted }) => text(granted))).toEqual([
      "3703703.67",
      "1975308.64",
      "2320987.69",
    ]);
    expect(answers[2]!.parts.map(({ amount }) => text(amount))).toEqual(["2999999.99"]);
    expect(refusalsOf(answers[2]!)).toEqual(["annual-cap 679012.30"]);
  });

  test("with 7,500,000.00 left in the programme the budget cuts it further", () => {
    const [, , third] = inTurn("7,500,000.00");
    expect(text(third!.granted)).toBe("1820987.69");
    expect(refusalsOf(third!)).toEqual(["annual-cap 679012.30", "budget 500000.00"]);
  });
});

describe("V2 Beijing: claim with the contract, redeem with bill and proof", () => {
  const rules = aProgramme({
    requirements: [
      aRequirement("signed-too-early", {
        fact: "contract.signedOn",
        from: day("2023-09-01"),
      }),
      aRequirement("term-too-long", { fact: "contract.termMonths", atMost: 12n }),
      aRequirement("related-party", {
        unrelated: { shareFrom: share("0.25"), controller: true, officers: false },
      }),
      aRequirement("not-compute", { fact: "line.class", is: "compute" }, { of: "line" }),
    ],
    caps: [
      aCap("annual-cap", "2,000,000.00"),
      aCap("annual-redeemed", "2,000,000.00", { counts: "redeemed" }),
    ],
    exclusions: [
      onceFor("already-claimed", "contract"),
      {
        noOther: { levels: ["city"], programmes: [] },
        code: "double-funding",
        text: { en: "another municipal grant", zh: "已获其他市级资金" },
      },
    ],
    lifecycle: { releasedRoomReturns: false, redeemLimitedToRate: true },
  });
  const aContract = (id: string, signed: string, compute: string, differs: Partial<Case> = {}) =>
    aCase({
      claim: id,
      contract: id,
      appliedOn: day(signed).add({ days: 5 }),
      lines: [aLine("compute", compute)],
      ...differs,
      facts: {
        "contract.signedOn": day(signed),
        "contract.startsOn": day(signed),
        "contract.endsOn": day(signed).add({ months: 12 }).subtract({ days: 1 }),
        ...differs.facts,
      },
    });
  const k1 = aContract("k1", "2024-03-15", "6,000,000.00", {
    lines: [
      aLine("compute", "6,000,000.00"),
      aLine("storage", "500,000.00", { "line.class": "storage" }),
      aLine("network", "300,000.00", { "line.class": "network" }),
    ],
  });
  const k2 = aContract("k2", "2024-06-01", "5,000,000.00");

  test("K1 and K2 are claimed and redeemed in one year, each under its own cap", () => {
    const { counters, add } = overlay(noCounters);
    const first = aClaim(rules, k1, { counters });
    add(first.decision.touched);
    expect(text(first.decision.base)).toBe("6000000.00");
    expect(text(first.decision.granted)).toBe("1200000.00");
    expect(first.decision.excluded).toEqual([
      { line: "network", code: "not-compute", amount: money("300,000.00") },
      { line: "storage", code: "not-compute", amount: money("500,000.00") },
    ]);

    const settled = (claim: Claim, amount: string) => {
      const asOf = day("2024-12-01");
      const answer = redeem({ rules, claim, settlement: aSettlement(amount), counters, asOf });
      add(answer.touched);
      return answer;
    };
    const k1Redeemed = settled(first, "5,432,109.87");
    expect(text(k1Redeemed.redeemed)).toBe("1086421.97");
    expect(text(k1Redeemed.released)).toBe("113578.03");

    const second = aClaim(rules, k2, { counters });
    add(second.decision.touched);
    expect(text(second.decision.granted)).toBe("800000.00");
    expect(refusalsOf(second.decision)).toEqual(["annual-cap 200000.00"]);
    expect(text(settled(second, "5,000,000.00").redeemed)).toBe("800000.00");
    const redeemedInYear = counters("programme/ai/cap/annual-redeemed/applicant/firm/2024");
    expect(text(redeemedInYear)).toBe("1886421.97");
  });

  const eighteenMonths = { "contract.endsOn": day("2025-09-14") };
  const oneThirdOwned = {
    relations: {
      holdings: [{ holder: "firm", held: "centre", share: share("0.35") }],
      controllers: [],
      officers: [],
    },
  };
  const city = { programme: "elsewhere", level: "city" as const, amount: money("1.00") };
  test.each([
    ["signed 2023-08-31", "signed-too-early", aContract("k", "2023-08-31", "6,000,000.00")],
    ["a term of 18 months", "term-too-long", { ...k1, facts: { ...k1.facts, ...eighteenMonths } }],
    ["a supplier 35 % owned by the tenant", "related-party", { ...k1, ...oneThirdOwned }],
    ["another municipal grant", "double-funding", { ...k1, otherMoney: [city] }],
  ])("%s is refused: %s", (_, code, of) => {
    const asOf = of.appliedOn;
    const answer = decide({ rules, case: of, counters: noCounters, asOf });
    expect(answer.outcome).toBe("refused");
    expect(refusalsOf(answer)).toEqual([`${code} 1200000.00`]);
  });

  test("a second claim on K1 is refused: already-claimed", () => {
    const { counters, add } = overlay(noCounters);
    add(aClaim(rules, k1, { counters }).decision.touched);
    const again = decide({ rules, case: { ...k1, claim: "k1-b" }, counters, asOf: k1.appliedOn });
    expect(refusalsOf(again)).toEqual(["annual-cap 400000.00", "already-claimed 800000.00"]);
    expect(again.granted).toBe(0n);
  });
});

describe("V4 Qingyang: a voucher in advance that offsets the supplier's bills", () => {
  const rules = aProgramme({
    parts: [aPart("compute", "0.3")],
    spend: { floors: [aFloor("below-least-face", "5,000.00", { of: "face" })] },
    lifecycle: { mode: "advance-deduct", validity: { months: 12 } },
  });
  const contract = (amount: string) => aCase({ lines: [aLine("compute", amount)] });

  test("offsets by quarter, the tenant pays the rest, a later bill is too late", () => {
    const issuedOn = day("2024-04-01");
    let claim = aClaim(rules, contract("1,234,567.89"), { issuedOn });
    expect(text(claim.decision.granted)).toBe("370370.36");
    expect(lastDay(rules, issuedOn)?.toString()).toBe("2025-03-31");

    const bill = (amount: string, on: string) => {
      const settlement = aSettlement(amount, { on: day(on), last: false });
      const answer = redeem({ rules, claim, settlement, counters: noCounters, asOf: day(on) });
      claim = { ...claim, progress: answer.progress };
      return answer;
    };
    const bills = [
      bill("300,000.00", "2024-06-30"),
      bill("400,000.00", "2024-09-30"),
      bill("350,000.00", "2024-12-31"),
      bill("150,000.00", "2025-03-31"),
    ];
    expect(bills.map(({ redeemed }) => text(redeemed))).toEqual([
      "90000.00",
      "120000.00",
      "105000.00",
      "45000.00",
    ]);
    expect(bills.map(({ applicantPays }) => text(applicantPays))).toEqual([
      "210000.00",
      "280000.00",
      "245000.00",
      "105000.00",
    ]);
    const late = bill("10,000.00", "2025-04-02");
    expect(late.redeemed).toBe(0n);
    expect(refusalsOf(late)).toEqual(["expired 3000.00"]);
  });

  test("10,370.36 of it expires to the pool", () => {
    const limited = { ...rules, budget: { amount: money("500,000.00"), period: "none" as const } };
    const { counters, add } = overlay(noCounters);
    const claim = aClaim(limited, contract("1,234,567.89"), { counters });
    add(claim.decision.touched);
    const settlement = aSettlement("1,200,000.00", { last: false });
    const asOf = day("2024-12-31");
    const { progress } = redeem({ rules: limited, claim, settlement, counters, asOf });
    const rest = release({ rules: limited, claim: { ...claim, progress }, counters });
    add(rest.touched);
    expect(text(rest.released)).toBe("10370.36");
    expect(text(counters("programme/ai/budget/ever"))).toBe("360000.00");
  });

  test.each([
    ["16,666.66", "refused", "0.00", ["below-least-face 4999.99"]],
    ["16,666.67", "granted", "5000.00", []],
  ])("a contract of %s is %s: %s", (amount, outcome, granted, refused) => {
    const { decision } = aClaim(rules, contract(amount));
    expect(decision.outcome).toBe(outcome);
    expect(text(decision.granted)).toBe(granted);
    expect(refusalsOf(decision)).toEqual(refused);
  });
});

test("V5 Langfang: half the compute, and the landing grant, capped together", () => {
  const rules = aProgramme({
    parts: [
      aPart("general", "0.5", { when: { fact: "line.place", within: ["131000"] } }),
      aPart(
        "lead",
        { rates: [{ when: { fact: "line.place", within: ["131000"] }, rate: share("0.6") }] },
        { when: { fact: "applicant.leadsProjects", has: ["state", "province"] } },
      ),
      aPart(
        "landing",
        { once: { rows: [{ when: null, amount: money("500,000.00") }], per: "applicant" } },
        { when: { fact: "applicant.landedOn", withinYears: 1 } },
      ),
    ],
    combine: [{ highestOf: ["general", "lead"] }],
    caps: [aCap("unit-cap", "1,000,000.00")],
  });
  const { decision } = aClaim(
    rules,
    aCase({
      lines: [aLine("compute", "1,300,000.00", { "line.place": "131002" })],
      facts: { "applicant.leadsProjects": [], "applicant.landedOn": day("2024-01-10") },
    }),
  );
  expect(decision.parts.map(({ code, amount }) => `${code} ${text(amount)}`)).toEqual([
    "general 650000.00",
    "lead 0.00",
    "landing 500000.00",
  ]);
  expect(text(decision.granted)).toBe("1000000.00");
  expect(refusalsOf(decision)).toEqual(["unit-cap 150000.00"]);
});
