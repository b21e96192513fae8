import { least, noMoney, type MicroYuan } from "../../units/index.ts";
import type { Case } from "../case.ts";
import type { Decision } from "../decision.ts";
import { decide } from "./decide.ts";
import type { Inquiry, Turn } from "./inquiry.ts";
import { budgetMeters, roomUnder } from "./meters.ts";
import { rankClaims, type Ranked } from "./order-claims.ts";
import { shareOut } from "./share-out.ts";
import { spendOnce } from "./spend-once.ts";

/** What was decided of one of several claims. */
export interface Decided extends Omit<Ranked, "case"> {
  readonly claim: string;
  /** What the others left to it: with it, the claim can be decided once more by itself. */
  readonly turn: Turn;
  readonly decision: Decision;
  /**
   * The claim for the same contract that was refused before it: what that one had counted towards
   * floors and bands was given back first. Null: there is none.
   */
  readonly insteadOf: string | null;
}

type Batch = Omit<Inquiry, "case"> & { readonly cases: readonly Case[] };

/**
 * R9, R32, R39: decides claims together, each after the ones before it in the order of
 * `orderClaims`, which is the order of the answer. `equal-ratio` divides the budget by what each
 * would get if there were enough; competitive rounds grant the first `places` of those only. Of
 * claims of one applicant for one contract, what a refused one spent counts until the next one.
 */
export function decideBatch(inquiry: Batch): Decided[] {
  const steps = decideBatchBySteps(inquiry);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of one decision, for who has to do something else in between. */
export function* decideBatchBySteps(inquiry: Batch): Generator<void, Decided[]> {
  const { rules, cases, asOf } = inquiry;
  const inOrder = rankClaims(rules, cases, asOf);
  const isOut = yield* outOfPlaces(inquiry, inOrder);
  const turnOf = (budget: Turn["budget"], index: number): Turn => ({
    budget,
    isOut: isOut[index]!,
  });
  const whole = (one: Decided) => one;
  if (rules.redemption.shortage !== "equal-ratio") {
    return yield* inTurn({ inquiry, inOrder, keep: whole }, (index) => turnOf(null, index));
  }
  const keep = ({ decision }: Decided) => decision.granted;
  const wanted = yield* inTurn({ inquiry, inOrder, keep }, (index) => turnOf("unbounded", index));
  const shares = shareOut(leftOf(inquiry, wanted), wanted);
  return yield* inTurn({ inquiry, inOrder, keep: whole }, (index) => turnOf(shares[index]!, index));
}

/** Decides each after the ones before it; of each only what is asked for is kept. */
function* inTurn<T>(
  of: {
    inquiry: Omit<Inquiry, "case">;
    inOrder: readonly Ranked[];
    keep: (decided: Decided) => T;
  },
  turnOf: (index: number) => Turn,
): Generator<void, T[]> {
  const { counters, makeWay, take } = spendOnce(of.inquiry.counters);
  const kept: T[] = [];
  for (const [index, { case: one, rank, points }] of of.inOrder.entries()) {
    const turn = turnOf(index);
    const insteadOf = makeWay(one);
    const decision = decide({ ...of.inquiry, case: one, counters }, turn);
    take(one, decision);
    kept.push(of.keep({ claim: one.claim, rank, points, turn, decision, insteadOf }));
    yield;
  }
  return kept;
}

/**
 * All those behind the last place; those before it are counted that would be granted something if
 * there were money for all. Who lacks something stays incomplete, wherever it stands.
 */
function* outOfPlaces(
  inquiry: Omit<Inquiry, "case">,
  inOrder: readonly Ranked[],
): Generator<void, boolean[]> {
  const { cadence } = inquiry.rules.lifecycle;
  if (cadence.kind !== "competitive") return inOrder.map(() => false);
  const keep = ({ decision }: Decided) => decision.outcome;
  const turn: Turn = { budget: "unbounded", isOut: false };
  const tried = yield* inTurn({ inquiry, inOrder, keep }, () => turn);
  let placed = 0;
  return tried.map((outcome) => {
    if (placed === cadence.places) return outcome !== "incomplete";
    if (outcome === "granted") placed += 1;
    return false;
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
