import type { Cap, Part, PartRule, ProgrammeRules, RateRow } from "./index.ts";
import { rate } from "../units/index.ts";
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
} from "./builders.testing.ts";
import type { Chance } from "./chance.testing.ts";
import { days, randomCondition } from "./random-conditions.testing.ts";

const periods = ["none", "calendar-year", "half-year", "quarter", "month", { years: 2 }] as const;
const rates = ["0.2", "0.3", "0.5", "0.333333", "1", "0.000001"];
const levels = ["district", "city", "province", "state"] as const;

/** A programme made of any rules that go together. */
export function randomProgramme(chance: Chance): ProgrammeRules {
  const rules = anyProgramme(chance);
  const most = rules.budget?.amount ?? null;
  const caps = rules.caps.map((cap): Cap => {
    if (!("amount" in cap.limit) || most === null || cap.limit.amount <= most) return cap;
    return { ...cap, limit: { amount: most } };
  });
  return { ...rules, caps: caps.map(relaxedUpward) };
}

const relaxedUpward = (cap: Cap): Cap =>
  "amount" in cap.limit && cap.relaxableTo !== null && cap.relaxableTo <= cap.limit.amount
    ? { ...cap, relaxableTo: null }
    : cap;

function anyProgramme(chance: Chance): ProgrammeRules {
  const count = 1 + chance.below(3);
  const payers = levels.slice(0, 1 + chance.below(3)).map((level) =>
    aPayer(level, {
      level,
      share: share(chance.pick(rates)),
      budget: chance.percent(20) ? budget(chance) : null,
    }),
  );
  const inMoney = Array.from({ length: count }, (_, index) => randomPart(chance, index, payers));
  const inKind = Array.from({ length: chance.percent(65) ? 0 : 1 + chance.below(2) }, (_, index) =>
    randomInKind(chance, index),
  );
  const isInKindOnly = inKind.length > 0 && chance.percent(30);
  const parts = isInKindOnly ? inKind : [...inMoney, ...inKind];
  const partCodes = inMoney.map(({ code }) => code);
  return aProgramme({
    version: {
      number: 1,
      inForce: { from: day("2023-01-01"), until: chance.percent(90) ? null : day("2024-12-31") },
      decidedBy: chance.pick(["signed", "applied"]),
      openClaims: "stay",
    },
    requirements: Array.from({ length: chance.percent(60) ? 0 : 1 + chance.below(2) }, (_, index) =>
      randomRequirement(chance, index),
    ),
    parts,
    combine:
      count > 1 && !isInKindOnly && chance.percent(30)
        ? [{ highestOf: partCodes.slice(0, 2) }]
        : [],
    payers,
    caps: Array.from({ length: isInKindOnly ? 0 : chance.below(4) }, (_, index) =>
      randomCap(chance, index, partCodes),
    ),
    publicCeiling: chance.percent(20)
      ? {
          code: "ceiling",
          text: words,
          rate: share("0.5"),
          amount: chance.percent(50) ? money("400,000.00") : null,
        }
      : null,
    exclusions: randomExclusions(chance),
    budget: chance.percent(60) ? budget(chance) : null,
    spend: {
      claimBase: chance.pick(["contract", "approved", "paid"]),
      taxDivisor: chance.percent(30) ? rate(1_060_000n) : null,
      floors: randomFloors(chance),
    },
    lifecycle: randomLifecycle(chance),
  });
}

const words = { en: "x", zh: "x" };
const budget = (chance: Chance) => ({
  amount: money(chance.pick(["300,000.00", "1,234,567.89", "5,000,000.00", "20,000,000.00"])),
  period: chance.pick(periods),
});

function randomPart(chance: Chance, index: number, payers: ProgrammeRules["payers"]): Part {
  const when = chance.percent(40) ? randomCondition(chance, { ofLine: true, depth: 1 }) : null;
  const bearers = chance.percent(30) ? chance.some(payers.map(({ code }) => code)) : null;
  return aPart(`part-${index}`, randomRule(chance), { when, payers: bearers });
}

function randomInKind(chance: Chance, index: number): Part {
  const when = chance.percent(40) ? randomCondition(chance, { ofLine: true, depth: 1 }) : null;
  const quotas = Array.from({ length: chance.below(3) }, (_, quota) => ({
    code: `quota-${index}-${quota}`,
    per: chance.pick(["applicant", "project", "supplier", "programme"] as const),
    period: chance.pick(periods),
    amount: chance.pick([1n, 700n, 2_500n, 10_000n]),
  }));
  return aPart(
    `units-${index}`,
    {
      inKind: {
        unit: chance.pick(["card-hours", "tokens"]),
        share: share(chance.pick(rates)),
        most: chance.percent(30) ? 900n : null,
        quotas,
      },
    },
    { when },
  );
}

function randomRule(chance: Chance): PartRule {
  const faces = chance.percent(20)
    ? {
        faces: {
          amounts: [money("10,000.00"), money("60,000.00")],
          fill: chance.pick(["one", "many"] as const),
        },
      }
    : {};
  const over = chance.pick(["claim", "calendar-year", "quarter"] as const);
  return chance.pick<() => PartRule>([
    () => ({ rates: randomRates(chance), ...faces }),
    () => ({ rates: randomRates(chance), ...faces }),
    () => ({
      bands: { counting: chance.pick(["marginal", "whole"]), over, rows: randomBands(chance) },
      ...faces,
    }),
    () => ({
      once: {
        rows: [
          {
            when: randomCondition(chance, { ofLine: false, depth: 1 }),
            amount: money("123,456.78"),
          },
          { when: null, amount: money("50,000.00") },
        ],
        per: chance.pick(["claim", "contract", "applicant", "project"]),
      },
    }),
    () => ({ spendThenFull: { spend: money("400,000.00"), full: money("99,999.99"), over } }),
    () => ({ coFund: { levels: chance.some(levels), rate: share(chance.pick(rates)) } }),
  ])();
}

function randomRates(chance: Chance): RateRow[] {
  const rows = Array.from({ length: chance.below(3) }, () => ({
    when: randomCondition(chance, { ofLine: true, depth: 1 }),
    rate: share(chance.pick(rates)),
  }));
  const texts = rows.map(({ when }) => JSON.stringify(when, asText));
  const apart = rows.filter((_, index) => texts.indexOf(texts[index]!) === index);
  return chance.percent(70) || apart.length === 0
    ? [...apart, { when: null, rate: share(chance.pick(rates)) }]
    : apart;
}

const asText = (_: string, part: unknown) => (typeof part === "bigint" ? `${part}` : part);

function randomBands(chance: Chance) {
  const ends = ["100,000.00", "333,333.33", "700,000.00"].slice(0, 1 + chance.below(3)).map(money);
  return [...ends, null].map((to, index) => ({
    from: ends[index - 1] ?? money("0"),
    to,
    rate: share(chance.pick(rates)),
  }));
}

function randomRequirement(chance: Chance, index: number) {
  const ofLine = chance.percent(50);
  return aRequirement(`need-${index}`, randomCondition(chance, { ofLine, depth: 1 }), {
    of: ofLine ? "line" : "claim",
    at: chance.percent(80) ? "claim" : chance.pick(["redeem", "both"]),
    when: chance.percent(40) ? randomCondition(chance, { ofLine, depth: 1 }) : null,
  });
}

function randomCap(chance: Chance, index: number, parts: readonly string[]): Cap {
  const per = chance.pick([
    "claim",
    "contract",
    "applicant",
    "project",
    "supplier",
    "tier",
    "programme",
  ] as const);
  const amount = chance.pick([
    "100,000.00",
    "222,222.22",
    "800,000.00",
    "2,000,000.00",
    "9,000,000.00",
  ]);
  const isRate = per === "claim" && chance.percent(50);
  return aCap(`cap-${index}`, amount, {
    per,
    period: per === "claim" ? "none" : chance.pick(periods),
    by: chance.pick(["decided", "decided", "applied", "signed"]),
    when: chance.percent(20) ? randomCondition(chance, { ofLine: false, depth: 1 }) : null,
    counts: per !== "claim" && chance.percent(30) ? "redeemed" : "granted",
    parts: chance.percent(30) ? chance.some(parts) : null,
    ...(isRate ? { limit: { rate: share("0.25") } } : {}),
    relaxableTo: !isRate && chance.percent(30) ? money("3,000,000.00") : null,
  });
}

function randomExclusions(chance: Chance): ProgrammeRules["exclusions"] {
  const once = chance.percent(20)
    ? [onceFor("had", chance.pick(["contract", "applicant", "project"]))]
    : [];
  if (chance.percent(80)) return once;
  const noOther = { levels: chance.some(levels), programmes: chance.percent(50) ? ["other"] : [] };
  return [...once, { noOther, code: "double-funding", text: words }];
}

function randomFloors(chance: Chance) {
  const face = chance.percent(20) ? [aFloor("least-face", "20,000.00", { of: "face" })] : [];
  const base = chance.percent(20)
    ? [
        aFloor("least-base", "600,000.00", {
          period: chance.pick(["none", "calendar-year", "quarter"]),
        }),
      ]
    : [];
  return [...face, ...base];
}

function randomLifecycle(chance: Chance): Partial<ProgrammeRules["lifecycle"]> {
  return {
    cadence: chance.percent(92)
      ? { kind: "rolling" }
      : chance.pick<ProgrammeRules["lifecycle"]["cadence"]>([
          { kind: "each", period: "quarter", days: 60 },
          { kind: "windows", windows: [{ from: days[2]!, until: days[5]! }] },
        ]),
    validity: chance.percent(60) ? { months: chance.pick([3, 6, 12]) } : null,
    reserves: chance.percent(80) ? "grant" : "redemption",
    releasedRoomReturns: chance.percent(50),
    releasedBudgetReturns: chance.percent(50),
    redeemLimitedToRate: chance.percent(70),
  };
}
