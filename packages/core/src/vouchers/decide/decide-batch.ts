import { least, noMoney, type MicroYuan } from "../../units/index.ts";
import type { Case } from "../case.ts";
import { overlay } from "../counters.ts";
import type { Decision } from "../decision.ts";
import { decide, type Turn } from "./decide.ts";
import type { Inquiry } from "./inquiry.ts";
import { budgetMeters, roomUnder } from "./meters.ts";
import { orderClaims } from "./order-claims.ts";
import { shareOut } from "./share-out.ts";

/** What was decided of one of several claims. */
export interface Decided {
  readonly claim: string;
  readonly decision: Decision;
}

/**
 * R9, R32, R39: decides claims together, each after the ones before it in the order of
 * `orderClaims`, which is the order of the answer. `equal-ratio` divides the budget by what each
 * would get if there were enough; competitive rounds grant the first `places` of those only.
 */
export function decideBatch(
  inquiry: Omit<Inquiry, "case"> & { readonly cases: readonly Case[] },
): Decided[] {
  const { rules, cases, asOf } = inquiry;
  const inOrder = orderClaims(rules, cases, asOf);
  const isShared = rules.redemption.shortage === "equal-ratio";
  const isOut = outOfPlaces(inquiry, inOrder);
  if (!isShared)
    return inTurn(inquiry, inOrder, (index) => ({ budget: null, isOut: isOut[index]! }));
  const wanted = inTurn(inquiry, inOrder, (index) => ({
    budget: "unbounded",
    isOut: isOut[index]!,
  })).map(({ decision }) => decision.granted);
  const shares = shareOut(leftOf(inquiry, wanted), wanted);
  return inTurn(inquiry, inOrder, (index) => ({ budget: shares[index]!, isOut: isOut[index]! }));
}

function inTurn(
  inquiry: Omit<Inquiry, "case">,
  cases: readonly Case[],
  turn: (index: number) => Turn,
): Decided[] {
  const { counters, add } = overlay(inquiry.counters);
  return cases.map((one, index) => {
    const decision = decide({ ...inquiry, case: one, counters }, turn(index));
    add(decision.touched);
    return { claim: one.claim, decision };
  });
}

/** Those behind the last place, counting only claims that would be granted something. */
function outOfPlaces(inquiry: Omit<Inquiry, "case">, inOrder: readonly Case[]): boolean[] {
  const { cadence } = inquiry.rules.lifecycle;
  if (cadence.kind !== "competitive") return inOrder.map(() => false);
  const tried = inTurn(inquiry, inOrder, () => ({ budget: "unbounded", isOut: false }));
  let placed = 0;
  return tried.map(({ decision }) => {
    if (decision.outcome !== "granted") return false;
    placed += 1;
    return placed > cadence.places;
  });
}

/** What the budget has left; as much as is wanted where there is no bound. */
function leftOf(inquiry: Omit<Inquiry, "case">, wanted: readonly MicroYuan[]): MicroYuan {
  const sum = wanted.reduce((all, amount) => (all + amount) as MicroYuan, noMoney);
  return budgetMeters(inquiry).reduce(
    (left, meter) => least(left, roomUnder(meter, inquiry.counters)),
    sum,
  );
}
