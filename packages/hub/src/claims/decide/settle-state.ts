import {
  decide,
  decidesTogether,
  keysOf,
  overlay,
  standingOf,
  turnAlone,
  windowFor,
  type ClaimWindow,
  type ProgrammeRules,
  type Review,
} from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { saveHolders } from "../../vouchers/index.ts";
import { bannedUntil } from "../claim/event-store.ts";
import { caseOfClaim, dayOf } from "../claim/claim-case.ts";
import { conclude, factsOf, issue, type Concluding, type Moved } from "./concluded.ts";
import {
  addToCounters,
  givenBack,
  lockCounters,
  readCounters,
  type Taken,
} from "../counters/counter-store.ts";
import { countsSpend, giveBackRefused } from "../counters/give-back-refused.ts";
import { heldBy } from "../counters/held-store.ts";
import { make, type Making } from "../claim/move.ts";
import { wasDecidedInRound } from "../rounds/round-claims-store.ts";
import { decidedWindows } from "../rounds/round-store.ts";
import type { StoredClaim } from "../claim/store.ts";
import { withApprovals } from "../approvals/with-approvals.ts";

type By = Pick<Making, "at" | "by">;

/**
 * Decides a claim that was applied for, or completed, and moves it as far as it goes by itself:
 * refused, incomplete, with the offices, kept for its round, or issued at once.
 */
export async function settleState(
  sql: Sql,
  applied: StoredClaim,
  of: By & { rules: ProgrammeRules; banned: Temporal.PlainDate | null },
): Promise<Moved> {
  const { rules, banned, ...by } = of;
  const [claim = applied] = await withApprovals(sql, [applied]);
  const own = caseOfClaim(claim, banned);
  const inquiry = { rules, case: own, asOf: dayOf(by.at, rules) };
  const keys = keysOf(inquiry);
  const counters = await readCounters(sql, keys);
  const decision = decide({ ...inquiry, counters }, turnAlone(rules));
  const byHub = { as: "platform", at: by.at, by: null } as const;
  const step = firstStep(claim, { ...inquiry, ...byHub, decision });
  const moved = step ?? (await concludeUnderLocks(sql, claim, { ...inquiry, ...byHub, held: [] }));
  return keepForRound(sql, moved, { rules, at: by.at });
}

/**
 * How far a claim goes after it was decided with nothing locked; null: its counters have to be
 * locked and it be decided once more, because it takes something of them.
 */
export function firstStep(claim: StoredClaim, of: Concluding): Moved | null {
  const { touched, ...moved } = conclude(claim, of);
  return touched.length > 0 || moved.claim.issuedOn !== null ? null : moved;
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
    case "returned": {
      const facts = await giveBack(sql, claim);
      return only(make({ ...claim, stage: 0 }, { ...by, move: "ask", as: "reviewer", facts }));
    }
    case "refused": {
      const facts = await giveBack(sql, claim);
      return only(make(claim, { ...by, move: "refuse", as: "reviewer", facts }));
    }
    case "agreed":
      return agreed(sql, { ...claim, stage: rules.redemption.stages.length }, { rules, ...by });
  }
}

/** Notice comes before a grant, and where claims are decided together after the round did so. */
async function agreed(
  sql: Sql,
  claim: StoredClaim,
  { rules, ...by }: By & { rules: ProgrammeRules },
): Promise<Moved> {
  if (decidesTogether(rules) && !(await wasDecidedInRound(sql, claim.id))) {
    return settleState(sql, claim, { rules, banned: await bannedUntil(sql, claim), ...by });
  }
  if (rules.redemption.notice === null) return grant(sql, claim, { rules, ...by, as: "officer" });
  const noticeUntil = lastOfNotice(rules, by.at);
  const announced = make({ ...claim, noticeUntil }, { ...by, move: "announce", as: "officer" });
  return { claim: announced, transfers: [] };
}

/** The last day of a notice that begins now; null where there is none. */
export const lastOfNotice = (
  rules: Pick<ProgrammeRules, "redemption" | "timeZone">,
  at: Temporal.Instant,
): Temporal.PlainDate | null => {
  const { notice } = rules.redemption;
  return notice && dayOf(at, rules).add({ days: notice.days });
};

/**
 * Decides once more, now with every counter locked that the decision looks at; takes caps and
 * budget up, and issues the voucher. Claims that meet on a cap wait here for one another, so that
 * none is passed by a fen. What was reserved for the claim is given back first; what its round
 * decided is issued as it is.
 */
export async function grant(
  sql: Sql,
  claim: StoredClaim,
  { rules, as, ...by }: By & { rules: ProgrammeRules; as: "platform" | "officer" },
): Promise<Moved> {
  const held = await heldBy(sql, claim.id);
  const asOf = dayOf(by.at, rules);
  if (decidesTogether(rules)) {
    const decision = claim.decision!;
    const { touched, ...issued } = issue(claim, { decision, rules, asOf, held, as, ...by });
    if (touched.length > 0) throw new Error(`claim ${claim.id} holds other than was decided`);
    await saveHolders(sql, [holderOf(claim)]);
    return issued;
  }
  const [asked = claim] = await withApprovals(sql, [claim]);
  const own = caseOfClaim(asked, await bannedUntil(sql, claim));
  const of = { rules, case: own, asOf, as, held, ...by };
  return concludeUnderLocks(sql, asked, of);
}

type Deciding = By & { as: "platform" | "officer"; held: readonly Taken[] } & Parameters<
    typeof keysOf
  >[0];

async function concludeUnderLocks(sql: Sql, claim: StoredClaim, of: Deciding): Promise<Moved> {
  const { rules, case: own, asOf, held, at } = of;
  const earlier = await giveBackRefused(sql, countsSpend(rules) ? [claim] : [], at);
  const before = [...givenBack(held), ...earlier];
  const locked = await lockCounters(sql, [...keysOf(of), ...before.map(({ key }) => key)]);
  const { counters, add } = overlay(locked);
  add(before);
  const decision = decide({ rules, case: own, asOf, counters }, turnAlone(rules));
  const { touched, ...moved } = conclude(claim, { ...of, decision });
  await Promise.all([
    addToCounters(sql, [...earlier, ...touched]),
    saveHolders(sql, moved.claim.issuedOn === null ? [] : [holderOf(claim)]),
  ]);
  return moved;
}

/** Gives back what a claim that was not issued holds of counters; what its event tells of them. */
export async function giveBack(sql: Sql, { id }: Pick<StoredClaim, "id">) {
  const back = givenBack(await heldBy(sql, id));
  await lockCounters(
    sql,
    back.map(({ key }) => key),
  );
  await addToCounters(sql, back);
  return factsOf(back);
}

/** A claim that would wait for a round that never comes is refused instead: it is too late. */
export async function keepForRound(
  sql: Sql,
  moved: Moved,
  { rules, at }: { rules: ProgrammeRules; at: Temporal.Instant },
): Promise<Moved> {
  const { claim } = moved;
  const { appliedOn } = claim;
  const { cadence } = rules.lifecycle;
  const isOver = (window: ClaimWindow | null) =>
    window?.until && Temporal.PlainDate.compare(window.until, dayOf(at, rules)) < 0;
  const own = windowFor(cadence, { appliedOn, decided: new Set() });
  if (claim.state !== "gathered" || !isOver(own)) return moved;
  const decided = await decidedWindows(sql, claim);
  if (windowFor(cadence, { appliedOn, decided }) !== null) return moved;
  return { ...moved, claim: tooLate(claim, at) };
}

/** Its window's round is over, and no later one comes. */
export const tooLate = (claim: StoredClaim, at: Temporal.Instant): StoredClaim => {
  const facts = { codes: ["outside-window"] };
  return make(claim, { move: "refuse", as: "platform", at, by: null, facts });
};

/** Who holds a voucher of what. */
export const holderOf = ({ tenant, programme }: StoredClaim) => ({ tenant, programme });
