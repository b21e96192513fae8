import type { MicroYuan } from "../units/index.ts";
import { microYuan } from "../units/index.ts";
import type { BaseKind, Case, FactName, FactValue, Line, Quantities } from "./index.ts";
import { aCase, aLine, day, money, share } from "./builders.testing.ts";
import type { Chance } from "./chance.testing.ts";
import { codes, days, places } from "./random-conditions.testing.ts";

/** Of one of few applicants for one of few contracts, so that claims get in each other's way. */
export function randomCase(
  chance: Chance,
  { claim, appliedOn }: { claim: string; appliedOn: Temporal.PlainDate },
): Case {
  const parties = ["x", "y", "z"];
  // Mostly all is known: else hardly any claim would be complete.
  const unknown = chance.percent(80) ? 0 : 15;
  const isKnown = () => !chance.percent(unknown);
  const party = () => chance.pick([...parties, "firm-0", "firm-1", "centre-0"]);
  return aCase({
    claim,
    applicant: `firm-${chance.below(3)}`,
    supplier: `centre-${chance.below(2)}`,
    contract: `k-${chance.below(6)}`,
    project: chance.percent(60) ? `project-${chance.below(2)}` : null,
    appliedOn,
    asked: chance.percent(10) ? money("150,000.00") : null,
    facts: randomFacts(chance, unknown, appliedOn),
    lines: Array.from({ length: chance.percent(6) ? 0 : 1 + chance.below(3) }, (_, index) =>
      randomLine(chance, index, unknown),
    ),
    relations: {
      holdings: isKnown()
        ? Array.from({ length: chance.below(5) }, () => ({
            holder: party(),
            held: party(),
            share: share(chance.pick(["0.5", "0.7", "0.1", "0.333333"])),
          }))
        : null,
      controllers: isKnown() ? [{ party: party(), controller: party() }] : null,
      officers: isKnown()
        ? [
            { party: party(), person: chance.pick(codes) },
            { party: "centre-0", person: chance.pick(codes) },
          ]
        : null,
    },
    otherMoney: isKnown()
      ? Array.from({ length: chance.percent(20) ? 1 : 0 }, () => ({
          programme: chance.pick(["other", "elsewhere"]),
          level: chance.pick(["district", "city", "province", "state"] as const),
          amount: money("77,777.77"),
        }))
      : null,
    registrations: [
      {
        register: chance.pick(codes),
        supplier: "centre-0",
        item: chance.percent(50) ? null : chance.pick(codes),
        from: chance.pick(days),
        until: chance.percent(50) ? null : chance.pick(days),
      },
    ],
    approvals: chance.percent(20)
      ? [
          {
            cap: `cap-${chance.below(3)}`,
            limit: money("1,000,000.00"),
            approvedBy: chance.pick([["p"], ["p", "p"], ["p", "q"]]),
          },
        ]
      : [],
  });
}

function randomFacts(
  chance: Chance,
  unknown: number,
  appliedOn: Temporal.PlainDate,
): Case["facts"] {
  const signed = appliedOn.subtract({ days: chance.below(200) });
  const all: Partial<Record<FactName, FactValue>> = {
    "contract.signedOn": signed,
    "contract.startsOn": signed,
    "contract.endsOn": signed
      .add({ months: chance.pick([6, 12, 18]) })
      .add({ days: chance.pick([-1, 0]) }),
    "applicant.registeredIn": chance.pick(places),
    "applicant.legalForm": chance.pick(codes),
    "applicant.lists": chance.some(codes),
    "applicant.industries": chance.some(codes),
    "applicant.lastDiscreditedOn": chance.percent(50) ? null : chance.pick(days),
    "applicant.registeredOn": chance.pick(days),
    "applicant.staff": BigInt(chance.below(500)),
    "applicant.soundBooks": chance.percent(80),
    "applicant.tier": chance.percent(20) ? null : chance.pick(codes),
    ...(chance.percent(5) ? { "applicant.bannedUntil": chance.pick(days) } : {}),
  };
  return Object.fromEntries(Object.entries(all).filter(() => !chance.percent(unknown)));
}

const kinds: readonly BaseKind[] = ["contract", "approved", "invoiced", "paid"];

function randomLine(chance: Chance, index: number, unknown: number): Line {
  const facts: Partial<Record<FactName, FactValue>> = {
    "line.class": chance.pick(codes),
    "line.chipOrigin": chance.pick(["domestic", "other"]),
    "line.place": chance.pick(places),
    "line.item": chance.pick(codes),
    "line.ownUse": chance.percent(20),
  };
  const known = Object.entries(facts).filter(
    ([name]) => name === "line.class" || !chance.percent(unknown),
  );
  const amounts = kinds
    .filter(() => !chance.percent(unknown / 3))
    .map((kind): [BaseKind, MicroYuan] => [kind, randomAmount(chance)]);
  return aLine(`line-${index}`, "0", Object.fromEntries(known), {
    amounts: Object.fromEntries(amounts),
    quantities: chance.percent(unknown / 3) ? {} : randomQuantities(chance),
  });
}

export const randomQuantities = (chance: Chance): Required<Quantities> => ({
  "card-hours": BigInt(chance.below(2_000)),
  tokens: BigInt(chance.below(2_000)),
});

/** Some in whole yuan, some to the micro-yuan, some very small. */
export const randomAmount = (chance: Chance): MicroYuan =>
  chance.pick([
    () => microYuan(BigInt(1 + chance.below(900_000)) * 1_000_000n),
    () => microYuan(BigInt(1 + chance.below(900_000_000)) * 1_000n + BigInt(chance.below(1000))),
    () => microYuan(BigInt(chance.below(100_000))),
  ])();

export const firstDay = day("2023-11-01");
