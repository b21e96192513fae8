import { describe, expect, test } from "vitest";
import { rate } from "../../units/index.ts";
import {
  aCap,
  aFloor,
  aPart,
  aPayer,
  aProgramme,
  aRequirement,
  day,
  money,
  onceFor,
  share,
} from "../builders.testing.ts";
import {
  checkRules,
  checkVersions,
  type Bands,
  type Condition,
  type Part,
  type ProgrammeRules,
} from "../index.ts";

const words = { en: "x", zh: "x" };
const found = (rules: ProgrammeRules) =>
  checkRules(rules).map(({ path, message }) => `${path} ${message}`);
const needing = (need: Condition, of: "claim" | "line" = "claim") =>
  aProgramme({ requirements: [aRequirement("r", need, { of })] });
const withParts = (...parts: Part[]) => aProgramme({ parts });
const bandsOf = (...rows: [string, string | null, string][]): Bands => ({
  counting: "marginal",
  over: "claim",
  rows: rows.map(([from, to, part]) => ({
    from: money(from),
    to: to === null ? null : money(to),
    rate: share(part),
  })),
});

test("a programme that is right has no problems", () => {
  expect(found(aProgramme())).toEqual([]);
});

test.each<[string, ProgrammeRules, string[]]>([
  [
    "units that money bounds or is compared with, and quotas of nothing or too much",
    aProgramme({
      parts: [
        aPart("a", "0.2"),
        aPart("hours", {
          inKind: {
            ...{ unit: "card-hours", share: share("0.5"), most: 10n ** 18n + 1n },
            quotas: [{ code: "pool", per: "programme", period: "none", amount: 0n }],
          },
        }),
      ],
      combine: [{ highestOf: ["a", "hours"] }],
      caps: [aCap("cap", "100.00", { parts: ["hours"] })],
    }),
    [
      "/parts/1/rule/inKind/most 1000000000000000001 is more than can be counted; use a whole number from 1 to 1000000000000000000",
      "/parts/1/rule/inKind/quotas/0/amount 0 is nothing; use a whole number from 1 to 1000000000000000000",
      '/combine/0/highestOf/1 "hours" is in kind and has no amount to compare; leave it out',
      '/caps/0/parts/0 "hours" is in kind, and a cap counts money; bound it by most and quotas',
    ],
  ],
  [
    "a rate over 1",
    withParts(aPart("a", "1.2")),
    [
      "/parts/0/rule/rates/0/rate 1.2 is no share; use one above 0 and at most 1, such as 0.3 for 30 %",
    ],
  ],
  [
    "overlapping bands",
    withParts(aPart("a", { bands: bandsOf(["0", "100", "0.5"], ["90", null, "0.2"]) })),
    [
      "/parts/0/rule/bands/rows/1/from the band from 90.00 overlaps; let it begin where the last ends, at 100.00",
    ],
  ],
  [
    "bands with a gap",
    withParts(aPart("a", { bands: bandsOf(["0", "100", "0.5"], ["100.01", null, "0.2"]) })),
    [
      "/parts/0/rule/bands/rows/1/from the band from 100.01 leaves a gap; let it begin where the last ends, at 100.00",
    ],
  ],
  [
    "bands that do not begin at 0, have no width, or an end",
    withParts(aPart("a", { bands: bandsOf(["10", "10", "0.5"], ["10", "20", "0.2"]) })),
    [
      "/parts/0/rule/bands/rows/0/from the band from 10.00 leaves a gap; let it begin where the last ends, at 0.00",
      "/parts/0/rule/bands/rows/0/to the band ends at 10.00, where it begins; let it end later",
      "/parts/0/rule/bands/rows/1/to nothing is said from 20.00 on; leave the last end out",
    ],
  ],
  [
    "rows that nothing reaches",
    withParts(
      aPart("a", {
        rates: [
          { when: null, rate: share("0.2") },
          { when: { fact: "line.class", is: "compute" }, rate: share("0.3") },
        ],
      }),
    ),
    ["/parts/0/rule/rates/1 no line gets here: /parts/0/rule/rates/0 takes all; put that row last"],
  ],
  [
    "two rows that ask the same",
    withParts(
      aPart("a", {
        rates: ["0.2", "0.3"].map((part) => ({
          when: { fact: "applicant.staff", atLeast: 5n },
          rate: share(part),
        })),
      }),
    ),
    [
      "/parts/0/rule/rates/1 no line gets here: /parts/0/rule/rates/0 asks the same; leave one of them out",
    ],
  ],
  [
    "a per-claim cap above the budget",
    aProgramme({
      caps: [aCap("cap", "500.01", { per: "claim", period: "none" })],
      budget: { amount: money("500.00"), period: "calendar-year" },
    }),
    ["/caps/0/limit/amount 500.01 is more than the whole budget of 500.00; lower it"],
  ],
  [
    "a least face above the cap",
    aProgramme({
      caps: [aCap("cap", "4,000.00")],
      spend: { floors: [aFloor("least", "5,000.00", { of: "face" })] },
    }),
    [
      "/spend/floors/0/amount nothing can reach 5000.00: the cap cap is 4000.00; lower this or raise that",
    ],
  ],
  [
    "parts that there are not, in combine, caps and payers",
    aProgramme({
      parts: [aPart("a", "0.2", { payers: ["state"] }), aPart("b", "0.2")],
      combine: [{ highestOf: ["a", "c"] }],
      caps: [aCap("cap", "4.00", { parts: ["d"] })],
    }),
    [
      '/parts/0/payers/0 there is no payer "state"; there is city',
      '/combine/0/highestOf/1 there is no part "c"; there is a, b',
      '/caps/0/parts/0 there is no part "d"; there is a, b',
    ],
  ],
  [
    "codes that are taken, not well-formed, or every programme's",
    aProgramme({
      parts: [aPart("a", "0.2")],
      caps: [aCap("a", "4.00"), aCap("Cap 2", "4.00"), aCap("budget", "4.00")],
    }),
    [
      '/caps/0/code "a" is taken by /parts/0/code; give each its own',
      '/caps/1/code "Cap 2" is no code; use lower-case letters, digits and hyphens',
      '/caps/2/code "budget" is a code that every programme has; use another',
    ],
  ],
  [
    "money that is not in whole fen, or none",
    aProgramme({ caps: [aCap("a", "0.001"), aCap("b", "0")] }),
    [
      "/caps/0/limit/amount 0.001 yuan is no whole fen; use two decimals at most",
      "/caps/1/limit/amount 0.00 yuan is nothing; use an amount above 0",
    ],
  ],
  [
    "caps that contradict themselves",
    aProgramme({
      caps: [
        aCap("a", "5.00", { relaxableTo: money("5.00") }),
        aCap("b", "5.00", { limit: { rate: share("0.5") } }),
        aCap("c", "5.00", { per: "claim", counts: "redeemed" }),
      ],
    }),
    [
      "/caps/0/relaxableTo 5.00 raises nothing; use an amount above the limit",
      "/caps/1/limit/rate a rate of the base goes with per: claim, not applicant; use an amount",
      "/caps/2/period one claim has no period; use none",
      "/caps/2/counts what is redeemed of one claim never passes its grant; use granted",
    ],
  ],
  [
    "nobody who pays, nothing that is granted",
    aProgramme({ parts: [], payers: [] }),
    ["/parts nothing is granted; add a part", "/payers nobody pays; name at least one fund"],
  ],
  [
    "groups of one part, and a part in two groups",
    aProgramme({
      parts: [aPart("a", "0.2"), aPart("b", "0.2")],
      combine: [{ highestOf: ["a", "b"] }, { highestOf: ["b"] }],
    }),
    [
      "/combine/1/highestOf one part is always the highest; name two or more",
      '/combine/1/highestOf/0 "b" is in /combine/0 already; leave it in one',
    ],
  ],
  [
    "a tax divisor below 1, and a share of nothing",
    aProgramme({
      spend: { taxDivisor: rate(60_000n) },
      payers: [aPayer("p", { share: share("0") })],
    }),
    [
      "/spend/taxDivisor 60000 millionths is no tax divisor; use one from 1 to 2, such as 1.06",
      "/payers/0/share 0 is no share; use one above 0 and at most 1, such as 0.3 for 30 %",
    ],
  ],
  [
    "exclusions of nothing, and of itself",
    aProgramme({
      exclusions: [
        { noOther: { levels: [], programmes: [] }, code: "a", text: words },
        { noOther: { levels: [], programmes: ["ai"] }, code: "b", text: words },
        onceFor("c", "contract"),
      ],
    }),
    [
      "/exclusions/0/noOther nothing is excluded; name levels or programmes",
      "/exclusions/1/noOther/programmes/0 a programme does not exclude itself; use once: contract for that",
    ],
  ],
  [
    "windows in the wrong order, and no claims ever",
    aProgramme({
      lifecycle: {
        cadence: {
          kind: "batch",
          windows: [
            { from: day("2024-05-01"), until: day("2024-04-01") },
            { from: day("2024-03-01"), until: day("2024-06-01") },
          ],
        },
      },
    }),
    [
      "/lifecycle/cadence/windows/0/until 2024-04-01 comes before 2024-05-01; let it end on the day it begins, or later",
      "/lifecycle/cadence/windows/1/from the window begins before the last one ends, on 2024-04-01; move it",
    ],
  ],
  [
    "an equal ratio among claims that come one by one; a voucher that reserves nothing",
    aProgramme({
      lifecycle: { mode: "advance-deduct", reserves: "redemption" },
      redemption: { shortage: "equal-ratio" },
    }),
    [
      "/lifecycle/reserves advance-deduct promises money before the bill; reserve it with the grant",
      "/redemption/shortage claims that come one by one cannot share; gather them in windows or batches",
    ],
  ],
  [
    "a round whose budget is taken up by applications",
    aProgramme({
      lifecycle: { reserves: "application", cadence: { kind: "batch", windows: [] } },
    }),
    [
      "/lifecycle/reserves claims that are decided together take the budget up by their round; use grant",
    ],
  ],
  [
    "a mode that redeems at once on another base, and one without application that is signed for",
    aProgramme({
      spend: { claimBase: "contract", redeemBase: "paid" },
      lifecycle: { mode: "no-application" },
      version: {
        ...{ number: 1, inForce: { from: day("2024-01-01"), until: null } },
        ...{ decidedBy: "signed", openClaims: "stay" },
      },
    }),
    [
      '/spend/redeemBase no-application redeems what the claim was decided on, at once; put "contract"',
      '/version/decidedBy nobody signs for what no-application gives; put "applied"',
    ],
  ],
  [
    "evidence that is not described, and a clawback above all",
    aProgramme({
      requirements: [
        aRequirement("r", { fact: "applicant.soundBooks", is: true }, { evidence: ["audit"] }),
      ],
      control: { clawback: { share: share("1.5"), interestPerYear: share("0.03"), banMonths: -1 } },
    }),
    [
      '/requirements/0/evidence/0 there is no evidence "audit"; there is none',
      "/control/clawback/share 1.5 is no share; use one above 0 and at most 1, such as 0.3 for 30 %",
      "/control/clawback/banMonths -1 is not allowed; use a whole number of at least 0",
    ],
  ],
])("%s is found, with the cure", (_, rules, problems) => {
  expect(found(rules)).toEqual(problems);
});

describe("conditions", () => {
  test.each<[{ need: Condition; of: "claim" | "line" }, string]>([
    [
      {
        need: { fact: "applicant.registeredin" as "applicant.registeredIn", within: ["33"] },
        of: "claim",
      },
      "/requirements/0/need/fact there is no fact applicant.registeredin; did you mean applicant.registeredIn?",
    ],
    [
      { need: { all: [{ fact: "applicant.staff", is: "x" }] }, of: "claim" },
      "/requirements/0/need/all/0/is applicant.staff is of type whole; test it with atLeast, atMost, given",
    ],
    [
      { need: { not: { fact: "applicant.tier" } }, of: "claim" },
      "/requirements/0/need/not applicant.tier is not tested; add one of is, in, given",
    ],
    [
      { need: { any: [] }, of: "claim" },
      "/requirements/0/need/any the list is empty; name at least one condition",
    ],
    [
      { need: { fact: "line.class", is: "compute" }, of: "claim" },
      "/requirements/0/need this is asked of the whole claim and names a fact of a line; ask it of lines",
    ],
    [
      { need: { fact: "line.class", in: ["a", "a"] }, of: "line" },
      '/requirements/0/need/in/1 "a" stands at /requirements/0/need/in/0 already; leave one of them out',
    ],
    [
      {
        need: { fact: "contract.signedOn", from: day("2024-02-01"), until: day("2024-01-01") },
        of: "claim",
      },
      "/requirements/0/need/until no day is from 2024-02-01 and until 2024-01-01; swap them",
    ],
    [
      { need: { fact: "applicant.staff", atLeast: 5n, atMost: 4n }, of: "claim" },
      "/requirements/0/need/atMost nothing is at least 5 and at most 4; swap them",
    ],
    [
      { need: { fact: "applicant.registeredOn", withinYears: 0 }, of: "claim" },
      "/requirements/0/need/withinYears 0 is not allowed; use a whole number of at least 1",
    ],
    [
      {
        need: { fact: "applicant.registeredOn", from: day("2024-01-01"), before: "signed" },
        of: "claim",
      },
      "/requirements/0/need/before before says what withinYears or withinMonths look back from; add one of them",
    ],
    [
      { need: { unrelated: { shareFrom: null, controller: false, officers: false } }, of: "claim" },
      "/requirements/0/need/unrelated nothing makes parties related here; set shareFrom, controller or officers",
    ],
    [
      { need: { fact: "applicant.soundBooks", is: "yes" }, of: "claim" },
      "/requirements/0/need/is yes does not fit; use true or false",
    ],
  ])("problem %#", ({ need, of }, problem) => {
    expect(found(needing(need, of))).toEqual([problem]);
  });
});

describe("versions", () => {
  const version = (number: number, from: string, until: string | null) => {
    const inForce = { from: day(from), until: until === null ? null : day(until) };
    return aProgramme({ version: { number, inForce, decidedBy: "signed", openClaims: "stay" } });
  };
  const problems = (...versions: ProgrammeRules[]) =>
    checkVersions(versions).map(({ path, message }) => `${path} ${message}`);

  test("that follow each other have no problem", () => {
    expect(
      problems(version(1, "2023-01-01", "2023-12-31"), version(2, "2024-01-01", null)),
    ).toEqual([]);
  });
  test("a validity gap, an overlap, one without an end, a number left out", () => {
    expect(
      problems(version(1, "2023-01-01", "2023-12-30"), version(2, "2024-01-01", null)),
    ).toEqual([
      "/1/version/inForce/from 2024-01-01 follows 2023-12-30: no version holds before it; let it begin on 2023-12-31",
    ]);
    expect(
      problems(version(1, "2023-01-01", "2024-01-01"), version(2, "2024-01-01", null)),
    ).toEqual([
      "/1/version/inForce/from 2024-01-01 follows 2024-01-01: two versions hold from then on; let it begin on 2024-01-02",
    ]);
    expect(problems(version(1, "2023-01-01", null), version(3, "2024-01-01", null))).toEqual([
      "/1/version/number 3 follows 1; number them in turn",
      "/1/version/inForce/from version 1 has no end; let it end on 2023-12-31",
    ]);
  });
});
