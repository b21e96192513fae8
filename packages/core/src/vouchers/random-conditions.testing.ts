import type { Condition } from "./index.ts";
import { day, share } from "./builders.testing.ts";
import type { Chance } from "./chance.testing.ts";

export const days = [
  "2022-12-31",
  "2023-06-30",
  "2024-01-01",
  "2024-02-29",
  "2024-03-31",
  "2024-07-01",
  "2024-12-31",
  "2025-01-01",
].map(day);

export const places = ["330100", "330106", "330000", "110105", "131002"];
export const codes = ["a", "b", "c"];

/** A condition about the claim, or about one line too. */
export function randomCondition(
  chance: Chance,
  { ofLine, depth = 2 }: { ofLine: boolean; depth?: number },
): Condition {
  const next = () => randomCondition(chance, { ofLine, depth: depth - 1 });
  const kind = depth === 0 ? 9 : chance.below(10);
  if (kind === 0) return { all: [next(), next()] };
  if (kind === 1) return { any: [next(), next()] };
  if (kind === 2) return { not: next() };
  if (kind === 3) return unrelated(chance);
  return ofLine && chance.percent(70) ? lineTest(chance) : claimTest(chance);
}

function unrelated(chance: Chance): Condition {
  const shareFrom = chance.percent(80) ? share(chance.pick(["0.25", "0.5", "0.1"])) : null;
  const controller = chance.percent(30);
  const officers = shareFrom === null && !controller ? true : chance.percent(30);
  return { unrelated: { shareFrom, controller, officers } };
}

function lineTest(chance: Chance): Condition {
  return chance.pick<() => Condition>([
    () => ({ fact: "line.class", in: chance.some(codes) }),
    () => ({ fact: "line.chipOrigin", is: "domestic" }),
    () => ({ fact: "line.place", within: chance.some(places) }),
    () => ({ fact: "line.registers", has: chance.some(codes) }),
    () => ({ fact: "line.ownUse", is: false }),
  ])();
}

function claimTest(chance: Chance): Condition {
  const event = () => chance.pick(["decided", "applied", "signed"] as const);
  return chance.pick<() => Condition>([
    () => ({ fact: "applicant.registeredIn", within: chance.some(places) }),
    () => ({ fact: "applicant.legalForm", in: chance.some(codes) }),
    () => ({ fact: "applicant.lists", has: chance.some(codes) }),
    () => ({ fact: "applicant.industries", hasAll: chance.some(codes) }),
    () => ({ not: { fact: "applicant.lastDiscreditedOn", withinYears: 3 } }),
    () => ({ fact: "applicant.registeredOn", withinMonths: 18, before: event() }),
    () => ({ fact: "applicant.lastDiscreditedOn", given: chance.percent(50) }),
    () => ({ fact: "applicant.staff", atLeast: 10n, atMost: 300n }),
    () => ({ fact: "contract.total", atLeast: 1_000_000_000_000n }),
    () => ({ fact: "contract.termMonths", atMost: 12n }),
    () => ({ fact: "contract.signedOn", from: chance.pick(days), until: "applied" }),
    () => ({ fact: "supplier.registers", has: chance.some(codes) }),
    () => ({ fact: "applicant.soundBooks", is: true }),
  ])();
}
