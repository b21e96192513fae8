import { isHistory } from "../counters.ts";
import { minus, noMoney, plus, total, type MicroYuan } from "../../units/index.ts";
import type { Claim, Progress } from "../claim.ts";
import type { Touched } from "../decision.ts";
import { divideAmong, type Borne } from "../decide/bear.ts";
import { onceKeys } from "../decide/exclusions.ts";
import { touchUnitsBack } from "../decide/grant-in-kind.ts";
import type { Inquiry } from "../decide/inquiry.ts";
import { known } from "../decide/known.ts";
import { budgetMeters, capMeters } from "../decide/meters.ts";
import { lookAt, touchContract, touchMeters, touchPayers, type Given } from "../decide/touch.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { addUnits, openUnits, type UnitsByPart } from "./draw-in-kind.ts";

/** Amounts by part, in the order of the decision. */
export type ByPart = readonly MicroYuan[];

/** By part, in the order of the decision. */
export interface MoneyAndUnits {
  readonly amounts: ByPart;
  readonly units: UnitsByPart;
}

/** What of each part is neither redeemed nor given back. */
export const openOf = ({ decision, progress }: Pick<Claim, "decision" | "progress">): ByPart =>
  decision.parts.map(({ code, granted }) => {
    const gone = plus(progress.redeemed[code] ?? noMoney, progress.released[code] ?? noMoney);
    return granted > gone ? minus(granted, gone) : noMoney;
  });

/** All that is open. */
export const restOf = (claim: Pick<Claim, "decision" | "progress">): MoneyAndUnits => ({
  amounts: openOf(claim),
  units: openUnits(claim),
});

/** The progress with what is given back noted. */
export const afterBack = (
  { decision }: Pick<Claim, "decision">,
  progress: Progress,
  { amounts, units }: MoneyAndUnits,
): Progress => ({
  ...progress,
  released: Object.fromEntries(
    decision.parts.map(({ code }, index) => [
      code,
      plus(progress.released[code] ?? noMoney, amounts[index]!),
    ]),
  ),
  givenBack: addUnits(decision, progress.givenBack, units),
});

/**
 * R24: who bears what of a further amount of each part: what is borne of the sum with it, less
 * what was before. Of all that was granted, each bears what the decision said.
 */
export function borneOf(
  rules: ProgrammeRules,
  { decision, progress }: Claim,
  { amounts, after }: { amounts: ByPart; after: "redeemed" | "released" },
): Borne[] {
  return decision.parts.map(({ code, borne }, index) => {
    const shares = rules.payers.map(
      (payer) => borne.find((one) => one.payer === payer.code)?.amount ?? noMoney,
    );
    // What was redeemed is counted from below, what was released from above.
    const start =
      after === "redeemed"
        ? (progress.redeemed[code] ?? noMoney)
        : minus(total(shares), plus(progress.released[code] ?? noMoney, amounts[index]!));
    const upTo = divideAmong(plus(start, amounts[index]!), shares);
    const before = divideAmong(start, shares);
    return upTo.map((amount, payer) => minus(amount, before[payer]!));
  });
}

/** R35: what the counters get back for what is given back. */
export function touchReleased(
  inquiry: Inquiry,
  claim: Claim,
  { amounts, units, progress }: MoneyAndUnits & { progress: Progress },
): Touched[] {
  const { rules } = inquiry;
  const { lifecycle } = rules;
  // The counters are those of the day on which it was granted.
  const then: Inquiry = { ...inquiry, case: claim.case, asOf: claim.decision.decidedOn };
  const borne = borneOf(rules, claim, { amounts, after: "released" });
  const given: Given = {
    parts: claim.decision.parts.map(({ code }, index) => ({
      code,
      amount: negative(amounts[index]!),
    })),
    borne: borne.map((one) => one.map(negative)),
  };
  const seen = known(claim.case, then.asOf);
  const caps = capMeters(then, seen, { counts: "granted", base: claim.decision.base }).meters;
  const isReserved = lifecycle.reserves !== "redemption";
  const room = isReserved && lifecycle.releasedRoomReturns ? caps : [];
  const budget = isReserved && lifecycle.releasedBudgetReturns ? budgetMeters(then) : [];
  return [
    ...touchMeters(then, [...room, ...budget], given),
    ...(lifecycle.releasedBudgetReturns ? touchPayers(then, given) : []),
    ...touchContract(then, null, given),
    ...touchUnitsBack(
      then,
      claim.decision.inKind.map(({ code }, index) => ({ code, amount: units[index]! })),
    ),
    ...(isUndone(claim, progress) && lifecycle.releasedRoomReturns ? touchOnce(then, claim) : []),
    ...(isUndone(claim, progress) ? touchSpend(then, claim) : []),
  ].filter(({ by }) => by !== 0n);
}

/** Something was granted, and nothing of it was ever redeemed or drawn, nor will be. */
const isUndone = ({ decision: { granted, inKind } }: Claim, progress: Progress) =>
  (granted > 0n || inKind.some((part) => part.granted > 0n)) &&
  total(Object.values(progress.released)) === granted &&
  inKind.every((part) => (progress.givenBack[part.code] ?? 0n) === part.granted);

/** Only what this claim had counted: a part may have been given by another one before. */
function touchOnce(then: Inquiry, { decision }: Claim): Touched[] {
  const given = new Set(decision.parts.flatMap((one) => (one.granted > 0n ? one.code : [])));
  return onceKeys(then)
    .filter(({ part }) => part === null || given.has(part))
    .map(({ code, key }) => lookAt({ code, key, by: -1n }, then.counters));
}

/** What was never settled was not spent: it counts towards bands and floors no more. */
const touchSpend = (then: Inquiry, { decision }: Claim): Touched[] =>
  decision.touched
    .filter(({ key }) => isHistory(then.rules.id, key))
    .map(({ code, key, by }) => lookAt({ code, key, by: -by }, then.counters));

const negative = (amount: MicroYuan) => minus(noMoney, amount);
