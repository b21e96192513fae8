import type { Transfer } from "@wadi/core/ledger";
import { noMoney } from "@wadi/core/units";
import {
  decide,
  keysOf,
  lastDay,
  modeFacts,
  standingOf,
  type Decision,
  type ProgrammeRules,
  type Review,
} from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import { saveHolder } from "../vouchers/index.ts";
import { bannedUntil } from "./event-store.ts";
import { caseOfClaim, dayOf } from "./claim-case.ts";
import { addToCounters, lockCounters, readCounters } from "./counter-store.ts";
import { make, type Making } from "./move.ts";
import { grantTransfers } from "./postings.ts";
import type { StoredClaim } from "./store.ts";

type By = Pick<Making, "at" | "by">;

/** A claim that moved, to be saved, and then what moves in the books: post last, and once. */
export interface Moved {
  readonly claim: StoredClaim;
  readonly transfers: readonly Transfer[];
}

/**
 * Decides a claim that was applied for, or completed, and moves it as far as it goes by itself:
 * refused, incomplete, with the offices, on notice, or issued at once.
 */
export async function settleState(
  sql: Sql,
  claim: StoredClaim,
  of: By & { rules: ProgrammeRules; banned: Temporal.PlainDate | null },
): Promise<Moved> {
  const { rules, banned, ...by } = of;
  const own = caseOfClaim(claim, banned);
  const inquiry = { rules, case: own, asOf: dayOf(by.at, rules) };
  const keys = keysOf(inquiry);
  const decision = decide({ ...inquiry, counters: await readCounters(sql, keys) });
  const decided = { ...claim, decision };
  const byHub = { as: "platform", at: by.at, by: null } as const;
  if (decision.outcome !== "granted") return { claim: turnDown(decided, byHub), transfers: [] };
  if (modeFacts(rules.lifecycle.mode).reviewed && rules.redemption.stages.length > 0) {
    const reviewing = make({ ...decided, stage: 0 }, { ...byHub, move: "review" });
    return { claim: reviewing, transfers: [] };
  }
  return grantUnderLocks(sql, decided, { ...inquiry, keys, ...byHub });
}

/** What comes after a review that counted. */
export async function afterReview(
  sql: Sql,
  claim: StoredClaim,
  { rules, reviews, ...by }: By & { rules: ProgrammeRules; reviews: readonly Review[] },
): Promise<Moved> {
  const standing = standingOf(rules, reviews);
  const only = (moved: StoredClaim): Moved => ({ claim: moved, transfers: [] });
  switch (standing.kind) {
    case "waiting":
      return only({ ...claim, stage: rules.redemption.stages.indexOf(standing.stage) });
    case "returned":
      return only(make({ ...claim, stage: 0 }, { ...by, move: "ask", as: "reviewer" }));
    case "refused":
      return only(make(claim, { ...by, move: "refuse", as: "reviewer" }));
    case "agreed": {
      const agreed = { ...claim, stage: rules.redemption.stages.length };
      const { notice } = rules.redemption;
      if (notice === null) return grant(sql, agreed, { rules, ...by, as: "officer" });
      const noticeUntil = dayOf(by.at, rules).add({ days: notice.days });
      return only(make({ ...agreed, noticeUntil }, { ...by, move: "announce", as: "officer" }));
    }
  }
}

/**
 * Decides once more, now with every counter locked that the decision looks at; takes caps and
 * budget up, and issues the voucher. Claims that meet on a cap wait here for one another, so that
 * none is passed by a fen.
 */
export async function grant(
  sql: Sql,
  claim: StoredClaim,
  { rules, as, ...by }: By & { rules: ProgrammeRules; as: "platform" | "officer" },
): Promise<Moved> {
  const own = caseOfClaim(claim, await bannedUntil(sql, claim));
  const inquiry = { rules, case: own, asOf: dayOf(by.at, rules) };
  return grantUnderLocks(sql, claim, { ...inquiry, keys: keysOf(inquiry), as, ...by });
}

type Granting = By & { as: "platform" | "officer" } & Parameters<typeof keysOf>[0] & {
    readonly keys: readonly string[];
  };

async function grantUnderLocks(sql: Sql, claim: StoredClaim, of: Granting): Promise<Moved> {
  const { rules, case: own, asOf, keys, as, at, by } = of;
  const counters = await lockCounters(sql, keys);
  const decision = decide({ rules, case: own, asOf, counters });
  const decided = { ...claim, decision };
  if (decision.outcome !== "granted") {
    return { claim: turnDown(decided, { as, at, by }), transfers: [] };
  }
  const facts = { granted: decision.granted };
  const granted = make(issued(decided, { decision, rules, asOf }), {
    ...{ at, by, as, facts, move: "grant" },
  });
  await Promise.all([
    addToCounters(sql, decision.touched),
    saveHolder(sql, { tenant: claim.tenant, programme: claim.programme }),
  ]);
  return {
    claim: make(granted, { at, by: null, as: "platform", move: "issue" }),
    transfers: grantTransfers(claim, { decision, rules, at }),
  };
}

const issued = (
  claim: StoredClaim,
  {
    decision,
    rules,
    asOf,
  }: { decision: Decision; rules: ProgrammeRules; asOf: Temporal.PlainDate },
): StoredClaim => ({
  ...claim,
  granted: decision.granted,
  redeemed: noMoney,
  released: noMoney,
  issuedOn: asOf,
  lastDay: lastDay(rules, asOf),
  noticeUntil: null,
});

/** Refused, or asked for what is missing: then all offices speak anew when it came. */
function turnDown(
  claim: StoredClaim & { readonly decision: Decision },
  by: By & { as: "platform" | "officer" },
): StoredClaim {
  const { outcome, refused, missing } = claim.decision;
  const ended = { ...claim, stage: 0, noticeUntil: null };
  if (outcome === "incomplete") {
    return make(ended, { ...by, move: "ask", facts: { missing: missing.length } });
  }
  const codes = refused.map(({ code }) => code);
  return make(ended, { ...by, move: "refuse", facts: { codes } });
}
