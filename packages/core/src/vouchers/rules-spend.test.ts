import { describe, expect, test } from "vitest";
import {
  aCase,
  aFloor,
  aLine,
  aLineRule,
  aPart,
  aProgramme,
  aRequirement,
  day,
  decided,
  money,
  refusalsOf,
  share,
  text,
} from "./builders.testing.ts";
import {
  noCounters,
  overlay,
  type Case,
  type FactTest,
  type Line,
  type Registration,
} from "./index.ts";
import { rate } from "../units/index.ts";

/* R10 to R18, R38: what qualifies, and how much of it. */

/** Which lines are left out, by which code. */
const excludedBy = (need: FactTest, lines: readonly Line[], of: Partial<Case> = {}) =>
  decided(
    aProgramme({ requirements: [aLineRule("out", need)] }),
    aCase({ ...of, lines }),
  ).excluded.map(({ line }) => line);

test("R10 resource classes in and out", () => {
  const lines = ["compute", "storage", "network", "security"].map((name) =>
    aLine(name, "100.00", { "line.class": name }),
  );
  expect(excludedBy({ fact: "line.class", in: ["compute"] }, lines)).toEqual([
    "network",
    "security",
    "storage",
  ]);
});

test("R11 purpose", () => {
  const purposes = (id: string, ...names: string[]) =>
    aLine(id, "1.00", { "line.purposes": names });
  const need: FactTest = { fact: "line.purposes", has: ["model-training", "research"] };
  const lines = [purposes("a", "model-training", "other"), purposes("b", "mining"), purposes("c")];
  expect(excludedBy(need, lines)).toEqual(["b", "c"]);
});

test("R12 chip origin", () => {
  const lines = ["domestic", "other"].map((origin) =>
    aLine(origin, "1.00", { "line.chipOrigin": origin }),
  );
  expect(excludedBy({ fact: "line.chipOrigin", is: "domestic" }, lines)).toEqual(["other"]);
});

describe("R13 supplier, service item and batch on a register as of the contract date", () => {
  const entry = (differs: Partial<Registration>): Registration => ({
    register: "partners-2024-1",
    supplier: "centre",
    item: null,
    from: day("2024-03-15"),
    until: day("2024-12-31"),
    ...differs,
  });
  const need: FactTest = { fact: "line.registers", has: ["partners-2024-1"] };
  const lines = [aLine("a", "1.00", { "line.item": "training" })];
  test.each<[string, Registration[], string[]]>([
    ["from the day of signing on", [entry({})], []],
    ["from the day after", [entry({ from: day("2024-03-16") })], ["a"]],
    ["until the day before", [entry({ from: day("2023-01-01"), until: day("2024-03-14") })], ["a"]],
    ["with this item", [entry({ item: "training" })], []],
    ["with another item", [entry({ item: "storage" })], ["a"]],
    ["another supplier", [entry({ supplier: "else" })], ["a"]],
    ["another batch", [entry({ register: "partners-2024-2" })], ["a"]],
  ])("%s", (_, registrations, excluded) => {
    expect(excludedBy(need, lines, { registrations })).toEqual(excluded);
  });
  test("registers that the office looked up itself may be given as a fact", () => {
    const given = [aLine("a", "1.00", { "line.registers": ["partners-2024-1"] })];
    expect(excludedBy(need, given)).toEqual([]);
  });
});

test("R14 ordered or metered on platform X", () => {
  const lines = [
    aLine("a", "1.00", { "line.orderedOn": "city" }),
    aLine("b", "1.00", { "line.orderedOn": null }),
  ];
  expect(excludedBy({ fact: "line.orderedOn", is: "city" }, lines)).toEqual(["b"]);
});

test("R15 place of the resource, cross-region permission", () => {
  const rules = aProgramme({
    requirements: [
      aRequirement(
        "elsewhere",
        {
          any: [
            { fact: "line.place", within: ["520000"] },
            { fact: "line.crossRegionPermit", is: true },
          ],
        },
        { of: "line" },
      ),
    ],
  });
  const place = (id: string, code: string, permit: boolean) =>
    aLine(id, "1.00", { "line.place": code, "line.crossRegionPermit": permit });
  const lines = [
    place("a", "520115", false),
    place("b", "440000", true),
    place("c", "440000", false),
  ];
  expect(decided(rules, aCase({ lines })).excluded.map(({ line }) => line)).toEqual(["c"]);
});

describe("R16 sign-date window, term limit", () => {
  const rules = aProgramme({
    requirements: [
      aRequirement("signed-out-of-time", {
        fact: "contract.signedOn",
        from: day("2023-09-01"),
        until: "applied",
      }),
      aRequirement("term-too-long", { fact: "contract.termMonths", atMost: 12n }),
    ],
  });
  test.each([
    ["2023-09-01", "2023-09-01", "2024-08-31", []],
    ["2023-08-31", "2023-09-01", "2024-08-31", ["signed-out-of-time"]],
    ["2024-03-21", "2024-03-21", "2024-04-20", ["signed-out-of-time"]],
    ["2023-09-01", "2023-09-01", "2024-09-01", ["term-too-long"]],
    ["2023-08-31", "2023-09-01", "2024-09-01", ["signed-out-of-time", "term-too-long"]],
  ])("signed %s, from %s to %s", (signed, starts, ends, codes) => {
    const facts = {
      "contract.signedOn": day(signed),
      "contract.startsOn": day(starts),
      "contract.endsOn": day(ends),
    };
    expect(decided(rules, aCase({ facts })).refused.map(({ code }) => code)).toEqual(codes);
  });
});

describe("R17 base", () => {
  const amounts = {
    contract: money("600.00"),
    approved: money("500.00"),
    invoiced: money("400.00"),
    paid: money("300.00"),
    metered: money("200.00"),
    "recognised-tokens": money("100.00"),
  };
  const of = aCase({ lines: [aLine("a", "0", {}, { amounts })] });
  test.each([
    ["contract", "120.00"],
    ["approved", "100.00"],
    ["invoiced", "80.00"],
    ["paid", "60.00"],
    ["metered", "40.00"],
    ["recognised-tokens", "20.00"],
  ] as const)("a fifth of %s is %s", (claimBase, granted) => {
    expect(text(decided(aProgramme({ spend: { claimBase } }), of).granted)).toBe(granted);
  });
  test("an amount that is not there is asked for", () => {
    const lines = [aLine("a", "0", {}, { amounts: { contract: money("1.00") } })];
    const { outcome, missing } = decided(
      aProgramme({ spend: { claimBase: "approved" } }),
      aCase({ lines }),
    );
    expect(outcome).toBe("incomplete");
    expect(missing).toEqual([
      { kind: "fact", name: "amounts.approved", line: "a", for: "approved" },
    ]);
  });
});

describe("R18 floors", () => {
  test("least spend of a year counts what was spent before, even what was below it then", () => {
    const floors = [aFloor("least-spend", "1,500,000.00", { period: "calendar-year" })];
    const rules = aProgramme({ spend: { floors } });
    const { counters, add } = overlay(noCounters);
    const first = decided(rules, aCase(), { counters });
    add(first.touched);
    expect(refusalsOf(first)).toEqual(["least-spend 200000.00"]);
    const second = decided(rules, aCase({ claim: "claim-2" }), { counters });
    expect(text(second.granted)).toBe("200000.00");
  });
  test("least spend of a claim: the amount itself is enough", () => {
    const rules = aProgramme({ spend: { floors: [aFloor("least", "1,000.00")] } });
    const outcome = (amount: string) =>
      decided(rules, aCase({ lines: [aLine("a", amount)] })).outcome;
    expect(outcome("1,000.00")).toBe("granted");
    expect(outcome("999.99")).toBe("refused");
  });
  test("least face: nothing is granted where too little would be", () => {
    const floors = [aFloor("least-face", "5,000.00", { of: "face" })];
    const rules = aProgramme({ spend: { floors } });
    const face = (amount: string) =>
      text(decided(rules, aCase({ lines: [aLine("a", amount)] })).granted);
    expect(face("24,999.99")).toBe("0.00");
    expect(face("25,000.00")).toBe("5000.00");
  });
  test("spend-then-full: above the first 400,000 all is paid, up to 100,000", () => {
    const rule = {
      spendThenFull: {
        spend: money("400,000.00"),
        full: money("100,000.00"),
        over: "calendar-year",
      },
    } as const;
    const rules = aProgramme({ parts: [aPart("rebate", rule)] });
    const { counters, add } = overlay(noCounters);
    const granted = ["300,000.00", "150,000.00", "200,000.00", "100,000.00"].map(
      (amount, index) => {
        const of = aCase({ claim: `c${index}`, lines: [aLine("a", amount)] });
        const answer = decided(rules, of, { counters });
        add(answer.touched);
        return text(answer.granted);
      },
    );
    expect(granted).toEqual(["0.00", "50000.00", "50000.00", "0.00"]);
  });
});

describe("R38 tax basis and rounding", () => {
  test("net of 1.06, by line, to the micro-yuan; the grant to the fen", () => {
    const rules = aProgramme({
      spend: { taxDivisor: rate(1_060_000n) },
      parts: [aPart("all", "1")],
    });
    const of = aCase({ lines: [aLine("a", "94,177.57")] });
    const { base, granted } = decided(rules, of);
    expect(base).toBe(88_846_764_150n);
    expect(text(granted)).toBe("88846.76");
  });
  test("every rate is a ceiling: what is below a fen is not paid", () => {
    const rules = aProgramme({ parts: [aPart("third", "0.333333")] });
    const lines = [aLine("a", "0.03"), aLine("b", "0.03")];
    expect(text(decided(rules, aCase({ lines })).granted)).toBe("0.01");
    expect(decided(rules, aCase({ lines: [aLine("a", "0.03")] })).outcome).toBe("refused");
  });
});

test("the order of lines and facts does not matter", () => {
  const rules = aProgramme({
    parts: [aPart("a", { rates: [{ when: null, rate: share("0.3") }] })],
  });
  const lines = [aLine("b", "10.01"), aLine("a", "20.02"), aLine("c", "30.03")];
  const facts = { "contract.signedOn": day("2024-01-01"), "applicant.staff": 4n };
  const turned = Object.fromEntries(Object.entries(facts).toReversed());
  expect(decided(rules, aCase({ lines: lines.toReversed(), facts: turned }))).toEqual(
    decided(rules, aCase({ lines, facts })),
  );
});
