import type { Transfer } from "@wadi/core/ledger";
import { noMoney } from "@wadi/core/units";
import {
  decidesTogether,
  lastDay,
  modeFacts,
  type Decision,
  type ProgrammeRules,
} from "@wadi/core/vouchers";

import { givenBack, sumUp, type Taken } from "../counters/counter-store.ts";
import type { ClaimEvent } from "../claim/event-store.ts";
import { make, type Making } from "../claim/move.ts";
import { grantTransfers } from "../redeem/postings.ts";
import type { StoredClaim } from "../claim/store.ts";
import { grantMoves } from "../units/units.ts";

/** A claim that moved, to be saved, and then what moves in the books: post last, and once. */
export interface Moved {
  readonly claim: StoredClaim;
  readonly transfers: readonly Transfer[];
}

/** What a decision made of a claim, with what is to be added to the counters, which are locked. */
export interface Concluded extends Moved {
  readonly touched: readonly Taken[];
}

export interface Concluding extends Pick<Making, "as" | "at" | "by" | "facts"> {
  readonly decision: Decision;
  readonly rules: ProgrammeRules;
  readonly asOf: Temporal.PlainDate;
  /** What the claim had of counters until now: the decision was made without it. */
  readonly held?: readonly Taken[];
}

/**
 * What a decision makes of a claim: passed to the offices, kept for its round, issued at once,
 * refused, or asked for what is missing. Of a refused one only what was spent counts, towards bands
 * and floors. Events tell what a claim takes of counters before it is issued, and gives back then.
 */
export function conclude(claim: StoredClaim, of: Concluding): Concluded {
  if (of.decision.outcome !== "granted") return turnDown(claim, of);
  switch (wayOf(claim, of.rules)) {
    case "review": {
      const reserved = of.rules.lifecycle.reserves === "application";
      return wait({ ...claim, stage: 0 }, { ...of, move: "review", reserved });
    }
    case "gather":
      return wait(claim, { ...of, move: "gather", reserved: false });
    case "grant":
      return issue(claim, of);
  }
}

/** Where a claim goes that would be granted something. */
function wayOf({ state }: StoredClaim, rules: ProgrammeRules): "review" | "gather" | "grant" {
  if (state === "applied" && passesOffices(rules)) return "review";
  const isDecidedAlone = !decidesTogether(rules) || state === "gathered" || state === "announced";
  return isDecidedAlone ? "grant" : "gather";
}

/** Whether offices look at a claim before it is granted. */
export const passesOffices = ({ lifecycle, redemption }: ProgrammeRules): boolean =>
  modeFacts(lifecycle.mode).reviewed && redemption.stages.length > 0;

/** Not issued yet: its decision tells what it would get, and may reserve it. */
function wait(
  claim: StoredClaim,
  of: Concluding & { move: "review" | "gather" | "announce"; reserved: boolean },
): Concluded {
  const { decision, as, at, by, move, reserved, held = [] } = of;
  const touched = sumUp([...(reserved ? decision.touched : []), ...givenBack(held)]);
  const facts = { ...of.facts, ...factsOf(touched) };
  return {
    claim: make({ ...claim, decision }, { as, at, by, move, facts }),
    touched,
    transfers: [],
  };
}

/** What its round decided goes on public notice; the money is set aside from now on. */
export const announce = (claim: StoredClaim, of: Concluding): Concluded =>
  wait(claim, { ...of, move: "announce", reserved: true });

/**
 * The voucher is there. What the claim held until now goes into what its decision took; the two are
 * the same where it is issued as it was announced.
 */
export function issue(claim: StoredClaim, of: Concluding): Concluded {
  const { decision, rules, asOf, as, at, by, held = [] } = of;
  const back = givenBack(held);
  const facts = { granted: decision.granted, ...of.facts, ...factsOf(back) };
  const issued = {
    ...claim,
    decision,
    granted: decision.granted,
    redeemed: noMoney,
    released: noMoney,
    issuedOn: asOf,
    lastDay: lastDay(rules, asOf),
    noticeUntil: null,
    unitMoves: [...claim.unitMoves, ...grantMoves(claim, { decision, at })],
  };
  const granted = make(issued, { at, by, as, facts, move: "grant" });
  return {
    claim: make(granted, { at, by: null, as: "platform", move: "issue" }),
    touched: sumUp([...decision.touched, ...back]),
    transfers: grantTransfers(claim, { decision, rules, at }),
  };
}

/** Refused, or asked for what is missing: then all offices speak anew when it came. */
function turnDown(claim: StoredClaim, of: Concluding): Concluded {
  const { decision, as, at, by, held = [] } = of;
  const { outcome, refused, inKind, missing } = decision;
  const ended = { ...claim, decision, stage: 0, noticeUntil: null };
  const isAsked = outcome === "incomplete";
  const touched = sumUp([...(isAsked ? [] : decision.touched), ...givenBack(held)]);
  const reasons = [...refused, ...inKind.flatMap((part) => part.refused)];
  const codes = [...new Set(reasons.map(({ code }) => code))];
  const why = isAsked ? { missing: missing.length } : { codes };
  const facts = { ...why, ...of.facts, ...factsOf(touched) };
  const move = isAsked ? "ask" : "refuse";
  return { claim: make(ended, { as, at, by, move, facts }), touched, transfers: [] };
}

/**
 * Refused, and another claim for its contract was decided since: what it had spent was given back
 * before that one was.
 */
export function claimedAgain(
  { claim, touched, transfers }: Concluded,
  at: Temporal.Instant,
): Concluded {
  const event = givesBack(touched, at);
  return { claim: { ...claim, happened: [...claim.happened, event] }, touched: [], transfers };
}

/** The event of a refused claim that gives back what it had spent. */
export const givesBack = (taken: readonly Taken[], at: Temporal.Instant): ClaimEvent => ({
  ...{ at, by: null, action: "claimed-again", from: "refused", to: "refused" },
  facts: factsOf(givenBack(taken)),
});

/** What an event tells of counters. */
export const factsOf = (touched: readonly Taken[]): { touched?: readonly Taken[] } =>
  touched.length > 0 ? { touched } : {};
