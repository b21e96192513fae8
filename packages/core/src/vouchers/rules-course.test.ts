import { describe, expect, test } from "vitest";
import { microYuan, rate } from "../units/index.ts";
import {
  aCap,
  aCase,
  aClaim,
  aLine,
  aPart,
  aProgramme,
  aRequirement,
  aSettlement,
  day,
  decided,
  money,
  refusalsOf,
  share,
  text,
} from "./builders.testing.ts";
import {
  clawback,
  decideBatch,
  judgeIndicators,
  judgeSplit,
  keysOfRedemption,
  lastDay,
  modes,
  noCounters,
  overlay,
  redeem,
  release,
  shareOut,
  signalKinds,
  versionFor,
  versionToRedeem,
  type Cadence,
  type Case,
  type Claim,
  type Lifecycle,
  type ProgrammeRules,
} from "./index.ts";

/* R31 to R43: from the application to the last fen, and after it. */

const words = { en: "x", zh: "x" };

test("R31 modes: who applies, who reviews, redeemed when, from the bill or not", () => {
  const flags = Object.entries(modes).map(([mode, facts]) => {
    const { applied, reviewed, redeemedAtOnce, offsetsBill } = facts;
    return `${mode} ${[applied, reviewed, redeemedAtOnce, offsetsBill].map(Number).join("")}`;
  });
  expect(flags).toEqual([
    "advance-deduct 1101",
    "claim-then-redeem 1100",
    "reimburse 1110",
    "instant 1011",
    "no-application 0110",
  ]);
});

describe("R32 cadence", () => {
  const window = { from: day("2024-03-01"), until: day("2024-03-31") };
  test.each<[string, Cadence, string[], string[]]>([
    ["rolling", { kind: "rolling" }, ["2024-01-01"], []],
    [
      "windows",
      { kind: "windows", windows: [window] },
      ["2024-03-01", "2024-03-31"],
      ["2024-04-01"],
    ],
    [
      "each quarter's first 10 days",
      { kind: "each", period: "quarter", days: 10 },
      ["2024-04-10"],
      ["2024-04-11"],
    ],
    ["each half-year", { kind: "each", period: "half-year", days: null }, ["2024-12-31"], []],
    [
      "each half-year's first day",
      { kind: "each", period: "half-year", days: 1 },
      ["2024-07-01"],
      ["2024-06-30"],
    ],
    ["batch", { kind: "batch", windows: [window] }, ["2024-03-15"], ["2024-02-29"]],
  ])("%s", (_, cadence, open, shut) => {
    const codes = (on: string) =>
      decided(aProgramme({ lifecycle: { cadence } }), aCase({ appliedOn: day(on) })).refused.map(
        ({ code }) => code,
      );
    for (const on of open) expect(codes(on)).toEqual([]);
    for (const on of shut) expect(codes(on)).toEqual(["outside-window"]);
  });
  test("competitive: only the best get a place", () => {
    const rules = aProgramme({
      lifecycle: { cadence: { kind: "competitive", windows: [], places: 1 } },
      priority: {
        ranks: [],
        points: [{ when: { fact: "applicant.lists", has: ["key"] }, points: 5 }],
      },
    });
    const cases = [
      aCase({ claim: "a", contract: "a", facts: { "applicant.lists": [] } }),
      aCase({ claim: "b", contract: "b", facts: { "applicant.lists": ["key"] } }),
    ];
    const all = decideBatch({ rules, cases, counters: noCounters, asOf: day("2024-04-01") });
    expect(all.map(({ claim, decision }) => [claim, decision.outcome])).toEqual([
      ["b", "granted"],
      ["a", "refused"],
    ]);
    expect(refusalsOf(all[1]!.decision)).toEqual(["not-placed 200000.00"]);
  });
  test("competitive: room left by somebody without a place is no place for the next one", () => {
    const rules = aProgramme({
      lifecycle: { cadence: { kind: "competitive", windows: [], places: 1 } },
      caps: [aCap("pool", "400000.00", { per: "supplier" })],
    });
    const cases = ["a", "b", "c"].map((claim) => aCase({ claim, contract: claim }));
    const all = decideBatch({ rules, cases, counters: noCounters, asOf: day("2024-04-01") });
    expect(all.map(({ decision }) => decision.outcome)).toEqual(["granted", "refused", "refused"]);
  });
});

describe("R33 validity, return at expiry", () => {
  test.each([
    ["2024-04-01", 12, "2025-03-31"],
    ["2024-08-31", 6, "2025-02-28"],
    ["2024-02-29", 12, "2025-02-28"],
    ["2024-01-15", 1, "2024-02-14"],
  ])("issued %s for %d months: the last day is %s", (issued, months, last) => {
    expect(
      lastDay(aProgramme({ lifecycle: { validity: { months } } }), day(issued))?.toString(),
    ).toBe(last);
  });
  test("a bill that came too late does not count towards one that did not", () => {
    const rules = aProgramme({ lifecycle: { validity: { until: day("2024-12-31") } } });
    const claim = aClaim(rules);
    const redeemed = (on: string, { progress }: Pick<Claim, "progress">) => {
      const settlement = aSettlement("1,000.00", { on: day(on), last: false });
      const of = { ...claim, progress };
      return redeem({ rules, claim: of, settlement, counters: noCounters, asOf: day(on) });
    };
    const late = redeemed("2025-01-01", claim);
    expect(late.progress.settled).toEqual({});
    expect(text(redeemed("2024-12-31", late).redeemed)).toBe("200.00");
  });
  test("the last day counts, the day after does not", () => {
    const rules = aProgramme({ lifecycle: { validity: { until: day("2024-12-31") } } });
    const outcome = (on: string) => {
      const settlement = aSettlement("1,000.00", { on: day(on) });
      return redeem({
        rules,
        claim: aClaim(rules),
        settlement,
        counters: noCounters,
        asOf: day(on),
      }).outcome;
    };
    expect(outcome("2024-12-31")).toBe("redeemed");
    expect(outcome("2025-01-01")).toBe("refused");
  });
});

test("R34 no transfer; split among sub-accounts", () => {
  const rules = (transfer: Lifecycle["transfer"]) => aProgramme({ lifecycle: { transfer } });
  const parts = (...amounts: string[]) =>
    amounts.map((amount, index) => ({ account: `a${index}`, amount: money(amount) }));
  const code = (of: ProgrammeRules, amounts: string[]) =>
    judgeSplit(of, { face: money("10.00"), parts: parts(...amounts) })?.code ?? null;
  expect(code(rules("none"), ["10.00"])).toBe("not-transferable");
  const two = rules({ subAccounts: 2 });
  expect(code(two, ["4.00", "6.00"])).toBeNull();
  expect(code(two, ["4.00", "5.99"])).toBe("does-not-add-up");
  expect(code(two, ["4.00", "4.00", "2.00"])).toBe("too-many-accounts");
  expect(code(two, ["10.00", "0.00"])).toBe("amount-not-positive");
  const twice = [...parts("5.00"), ...parts("5.00")];
  expect(judgeSplit(two, { face: money("10.00"), parts: twice })?.code).toBe("account-twice");
});

describe("R35 what reserves budget, when released", () => {
  const caps = [aCap("annual-cap", "150,000.00")];
  const budget = { amount: money("1,000,000.00"), period: "none" as const };
  const cap = "programme/ai/cap/annual-cap/applicant/firm/2024";
  const play = (lifecycle: Partial<Lifecycle>) => {
    const rules = aProgramme({ caps, budget, lifecycle });
    const { counters, add } = overlay(noCounters);
    const standing = () => [text(counters(cap)), text(counters("programme/ai/budget/ever"))];
    const claim = aClaim(rules, aCase(), { counters });
    add(claim.decision.touched);
    const granted = standing();
    const asOf = day("2024-06-30");
    const settlement = aSettlement("500,000.00");
    add(redeem({ rules, claim, settlement, counters, asOf }).touched);
    expect(text(counters("public/contract/k1"))).toBe("100000.00");
    return [...granted, ...standing()];
  };
  test.each<[string, Partial<Lifecycle>, string[]]>([
    ["both come back", {}, ["150000.00", "150000.00", "100000.00", "100000.00"]],
    [
      "released room does not",
      { releasedRoomReturns: false },
      ["150000.00", "150000.00", "150000.00", "100000.00"],
    ],
    [
      "nothing does",
      { releasedRoomReturns: false, releasedBudgetReturns: false },
      ["150000.00", "150000.00", "150000.00", "150000.00"],
    ],
    [
      "reserved by redemption",
      { reserves: "redemption" },
      ["0.00", "0.00", "100000.00", "100000.00"],
    ],
  ])("%s", (_, lifecycle, amounts) => {
    expect(play(lifecycle)).toEqual(amounts);
  });
  test("what nobody reserved may be gone when it is redeemed", () => {
    const rules = aProgramme({ caps, lifecycle: { reserves: "redemption" } });
    const claim = aClaim(rules);
    const counters = (key: string) => (key === cap ? money("149,999.99") : 0n);
    const answer = redeem({
      rules,
      claim,
      settlement: aSettlement("1,000,000.00"),
      counters,
      asOf: day("2024-06-30"),
    });
    expect(text(answer.redeemed)).toBe("0.01");
    expect(refusalsOf(answer)).toEqual(["above-grant 50000.00", "annual-cap 149999.99"]);
  });
  test("a claim that is withdrawn whole leaves no trace on any counter", () => {
    const rules = aProgramme({
      caps,
      budget,
      exclusions: [{ once: "contract", code: "had", text: words }],
    });
    const books = overlay(noCounters);
    const claim = aClaim(rules, aCase(), books);
    books.add(claim.decision.touched);
    books.add(release({ rules, claim, counters: books.counters }).touched);
    for (const { key } of claim.decision.touched) expect(books.counters(key)).toBe(0n);
  });
  test("what was given back is not redeemed any more", () => {
    const rules = aProgramme();
    const claim = aClaim(rules);
    const { progress } = release({ rules, claim, counters: noCounters });
    const settlement = aSettlement("100.00");
    const asOf = day("2024-06-30");
    const of = { ...claim, progress };
    const answer = redeem({ rules, claim: of, settlement, counters: noCounters, asOf });
    expect(answer.redeemed).toBe(0n);
    expect(refusalsOf(answer)).toEqual(["above-grant 20.00"]);
  });
  test("redemption limited to the rate, or to what was settled", () => {
    const redeemed = (redeemLimitedToRate: boolean) => {
      const rules = aProgramme({ lifecycle: { redeemLimitedToRate } });
      const settlement = aSettlement("150,000.00");
      return text(
        redeem({
          rules,
          claim: aClaim(rules),
          settlement,
          counters: noCounters,
          asOf: day("2024-06-30"),
        }).redeemed,
      );
    };
    expect(redeemed(true)).toBe("30000.00");
    expect(redeemed(false)).toBe("150000.00");
  });
  test("the keys to lock are known before", () => {
    const rules = aProgramme({ caps, budget });
    const claim = aClaim(rules);
    const settlement = aSettlement("1.00");
    const keys = keysOfRedemption({ rules, claim, settlement, asOf: day("2024-06-30") });
    expect(keys).toContain(cap);
    expect(keys).toEqual(keys.toSorted());
  });
});

describe("R36 evidence per step, with hash and expiry", () => {
  const rule = (kind: string, differs = {}) => ({
    ...{ kind, text: words, at: "claim" as const, onlyWhenNamed: false, freshDays: null },
    ...differs,
  });
  const sha256 = "0".repeat(64);
  const document = (kind: string, differs = {}) => ({
    kind,
    sha256,
    madeOn: null,
    validUntil: null,
    ...differs,
  });
  const rules = aProgramme({
    requirements: [
      aRequirement(
        "landed",
        { fact: "applicant.landedOn", given: true },
        {
          when: { fact: "applicant.landedOn", given: true },
          evidence: ["lease"],
        },
      ),
    ],
    redemption: {
      evidence: [
        rule("contract"),
        rule("credit-report", { freshDays: 30 }),
        rule("lease", { onlyWhenNamed: true }),
        rule("proof-of-delivery", { at: "redeem" }),
      ],
    },
  });
  const missing = (differs: Partial<Case>) =>
    decided(
      rules,
      aCase({ ...differs, facts: { "applicant.landedOn": null, ...differs.facts } }),
    ).missing.map((one) => `${one.name} ${one.kind === "evidence" ? one.because : one.for}`);
  test("what is missing is listed; the claim waits for it", () => {
    expect(missing({})).toEqual(["contract absent", "credit-report absent"]);
    const evidence = [
      document("contract", { validUntil: day("2024-03-19") }),
      document("credit-report", { madeOn: day("2024-02-18") }),
    ];
    expect(missing({ evidence })).toEqual(["contract expired", "credit-report too-old"]);
    const good = [
      document("contract", { validUntil: day("2024-03-20") }),
      document("credit-report", { madeOn: day("2024-02-19") }),
    ];
    expect(missing({ evidence: good })).toEqual([]);
    expect(missing({ evidence: good, facts: { "applicant.landedOn": day("2024-01-01") } })).toEqual(
      ["lease absent"],
    );
  });
  test("at redemption, the bill may bring it", () => {
    const evidence = [
      document("contract"),
      document("credit-report", { madeOn: day("2024-03-01") }),
    ];
    const claim = aClaim(rules, aCase({ evidence, facts: { "applicant.landedOn": null } }));
    const settle = (settlement = aSettlement("100.00")) =>
      redeem({ rules, claim, settlement, counters: noCounters, asOf: day("2024-06-30") });
    expect(settle().outcome).toBe("incomplete");
    expect(settle().missing.map(({ name }) => name)).toEqual(["proof-of-delivery"]);
    expect(settle().progress).toBe(claim.progress);
    const proved = aSettlement("100.00", { evidence: [document("proof-of-delivery")] });
    expect(text(settle(proved).redeemed)).toBe("20.00");
  });
});

describe("R39 shortage", () => {
  const cases = ["100.00", "200.00", "400.01"].map((amount, index) =>
    aCase({ claim: `c${index}`, contract: `k${index}`, lines: [aLine("a", amount)] }),
  );
  const granted = (shortage: "first-come" | "equal-ratio", budget: string) => {
    const rules = aProgramme({
      parts: [aPart("a", "1")],
      budget: { amount: money(budget), period: "none" },
      lifecycle: { cadence: { kind: "batch", windows: [] } },
      redemption: { shortage },
    });
    const all = decideBatch({ rules, cases, counters: noCounters, asOf: day("2024-04-01") });
    return all.map(({ decision }) => text(decision.granted));
  };
  test("first-come", () => {
    expect(granted("first-come", "250.00")).toEqual(["100.00", "150.00", "0.00"]);
  });
  test("equal-ratio, to the fen", () => {
    expect(granted("equal-ratio", "350.00")).toEqual(["50.00", "100.00", "200.00"]);
    expect(granted("equal-ratio", "700.01")).toEqual(["100.00", "200.00", "400.01"]);
    expect(granted("equal-ratio", "0.02")).toEqual(["0.01", "0.00", "0.01"]);
  });
  test("the fen left over go to the first ones", () => {
    const share3 = shareOut(money("100.00"), [money("50.00"), money("50.00"), money("50.00")]);
    expect(share3.map(text)).toEqual(["33.34", "33.33", "33.33"]);
    expect(shareOut(microYuan(-5n), [money("1.00")])).toEqual([0n]);
  });
});

describe("R41 clawback", () => {
  const rule = { share: share("1"), interestPerYear: share("0.0345"), banMonths: 36 };
  test("amount, simple interest by the day on 365, rounded down to the fen, and a ban", () => {
    const back = clawback(rule, {
      redeemed: money("1,086,421.97"),
      paidOn: day("2024-12-20"),
      backOn: day("2025-12-20"),
    });
    expect(text(back.amount)).toBe("1086421.97");
    expect(text(back.interest)).toBe("37481.55"); // 37,481.557965
    expect(back.bannedUntil?.toString()).toBe("2028-12-20");
  });
  test("a share of it, on the day itself, without a ban", () => {
    const half = { ...rule, share: share("0.5"), banMonths: 0 };
    const back = clawback(half, {
      redeemed: money("0.03"),
      paidOn: day("2024-12-20"),
      backOn: day("2024-12-20"),
    });
    expect(back).toEqual({ amount: money("0.01"), interest: 0n, bannedUntil: null });
    expect(() =>
      clawback(rule, {
        redeemed: money("1.00"),
        paidOn: day("2024-12-20"),
        backOn: day("2024-12-19"),
      }),
    ).toThrow(/2024-12-19 is before/);
  });
  test("who is banned is refused until the last day", () => {
    const codes = (on: string) =>
      decided(
        aProgramme(),
        aCase({ appliedOn: day(on), facts: { "applicant.bannedUntil": day("2024-05-31") } }),
      ).refused.map(({ code }) => code);
    expect(codes("2024-05-31")).toEqual(["banned"]);
    expect(codes("2024-06-01")).toEqual([]);
  });
});

test("R40 fraud signals are thresholds: none of them changes a decision", () => {
  const signals = (Object.keys(signalKinds) as (keyof typeof signalKinds)[]).map((signal) => ({
    signal,
    threshold: 1n,
  }));
  expect(decided(aProgramme({ control: { signals } }))).toEqual(decided(aProgramme()));
});

test("R42 performance indicators", () => {
  const indicator = (code: string, goal: { atLeast: bigint } | { atMost: bigint } | null) => ({
    ...{ code, goal, text: words, unit: "count" as const },
  });
  const indicators = [
    indicator("firms", { atLeast: 100n }),
    indicator("late", { atMost: 5n }),
    indicator("hours", null),
    indicator("models", { atLeast: 1n }),
  ];
  expect(judgeIndicators(indicators, { firms: 99n, late: 5n, hours: 7n })).toEqual([
    { code: "firms", value: 99n, isMet: false },
    { code: "late", value: 5n, isMet: true },
    { code: "hours", value: 7n, isMet: null },
    { code: "models", value: null, isMet: null },
  ]);
});

describe("R43 policy version by date, transition", () => {
  const version = (
    number: number,
    from: string,
    until: string | null,
    openClaims: "stay" | "follow",
  ) =>
    aProgramme({
      parts: [aPart("a", number === 1 ? "0.2" : "0.3")],
      version: {
        number,
        inForce: { from: day(from), until: until === null ? null : day(until) },
        decidedBy: "signed",
        openClaims,
      },
    });
  const versions = [
    version(1, "2023-09-01", "2024-06-30", "stay"),
    version(2, "2024-07-01", null, "follow"),
  ];
  const days = (signed: string | null) => ({
    signed: signed === null ? null : day(signed),
    applied: day("2024-08-01"),
    redeemed: null,
  });
  test.each([
    ["2024-06-30", 1],
    ["2024-07-01", 2],
    ["2023-08-31", undefined],
    [null, undefined],
  ])("signed %s: version %d", (signed, number) => {
    expect(versionFor(versions, days(signed))?.version.number).toBe(number);
  });
  test("a claim outside its version's days is refused; without the day it waits", () => {
    expect(decided(versions[1]!).refused.map(({ code }) => code)).toEqual(["not-in-force"]);
    const { missing } = decided(
      versions[0]!,
      aCase({ facts: { "contract.signedOn": undefined } as never }),
    );
    expect(missing.map(({ name }) => name)).toEqual(["contract.signedOn"]);
  });
  test("open claims stay, or follow the new version", () => {
    const redeemedOn = day("2024-09-01");
    const [first, second] = versions as [ProgrammeRules, ProgrammeRules];
    expect(versionToRedeem(versions, { decidedBy: first, redeemedOn })).toBe(second);
    const staying = [
      first,
      { ...second, version: { ...second.version, openClaims: "stay" as const } },
    ];
    expect(versionToRedeem(staying, { decidedBy: first, redeemedOn })).toBe(first);
  });
});

test("a rate in millionths that takes tax off", () => {
  const rules = aProgramme({ spend: { taxDivisor: rate(1_060_000n) } });
  const claim: Claim = aClaim(rules, aCase({ lines: [aLine("compute", "1,060.00")] }));
  expect(text(claim.decision.granted)).toBe("200.00");
  const settlement = aSettlement("530.00");
  const answer = redeem({
    rules,
    claim,
    settlement,
    counters: noCounters,
    asOf: day("2024-06-30"),
  });
  expect(text(answer.redeemed)).toBe("100.00");
});
