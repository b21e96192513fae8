import { reviewStep, type ProgrammeRules, type Review } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { noClaim } from "../claim/no-claim.ts";
import { clawBack } from "../redeem/claw-back.ts";
import { applicantsOf, reviewsOf } from "../claim/event-store.ts";
import type { Moved } from "./concluded.ts";
import { make } from "../claim/move.ts";
import { officesOf } from "../rules/office-store.ts";
import { postForClaim } from "../redeem/postings.ts";
import { rulesOfClaim } from "../rules/rules-for.ts";
import { afterReview, grant } from "./settle-state.ts";
import { lockClaim, saveClaim, type StoredClaim } from "../claim/store.ts";

/** What persons of the offices may say and do, by name. */
export const officerMoves = ["agree", "return", "refuse", "object", "grant", "claw-back"] as const;
export type OfficerMove = (typeof officerMoves)[number];

type By = AuditEntry["by"];

/**
 * A person of an office says something to a claim. `agree`, `return` and `refuse` are reviews of
 * the stage whose turn it is; `grant` ends a public notice that is over, `object` reopens the
 * review, `claw-back` asks back what was redeemed.
 * @throws Refused `not-found`, `wrong-state`, `needs-another-person`, `not-allowed` for a person of
 *   another office
 */
export function moveByOfficer(
  hub: Hub,
  { id, move, note, by }: { id: ClaimId; move: string; note: string; by: By },
): Promise<StoredClaim> {
  const known = officerMoves.find((name) => name === move);
  if (!known) throw wrongField("/move", `must be one of ${officerMoves.join(", ")}`);
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim) throw noClaim(id);
    const rules = await rulesOfClaim(sql, claim);
    if (!rules.payers.some(({ fund }) => seesFund(by.signer, fund))) throw noClaim(id);
    const { claim: moved, transfers } = await act(sql, claim, { rules, move: known, note, by, at });
    await saveClaim(sql, moved);
    const facts = { move: known, note, state: moved.state };
    await audit(sql, { by, at, action: "claim.move", subject: `claim/${id}`, facts });
    await postForClaim(sql, transfers, at);
    return moved;
  });
}

interface Act {
  readonly rules: ProgrammeRules;
  readonly move: OfficerMove;
  readonly note: string;
  readonly by: By;
  readonly at: Temporal.Instant;
}

async function act(sql: Sql, claim: StoredClaim, of: Act): Promise<Moved> {
  const { rules, move, note, by, at } = of;
  const facts = note === "" ? {} : { note };
  switch (move) {
    case "agree":
    case "return":
    case "refuse":
      return review(sql, claim, { ...of, move });
    case "object":
      refuseUnheard(claim, rules);
      return {
        claim: make(
          { ...claim, stage: 0, noticeUntil: null },
          { move, as: "officer", at, by, facts },
        ),
        transfers: [],
      };
    case "grant": {
      const { state, noticeUntil } = claim;
      if (state !== "announced") {
        const detail = `claim ${claim.id} is ${state}; "grant" ends a public notice, no review`;
        throw new Refused("wrong-state", { state }, detail);
      }
      if (noticeUntil && isBefore(at, noticeUntil, rules)) {
        const detail = `the public notice lasts until ${noticeUntil.toString()}`;
        throw new Refused("wrong-state", { until: noticeUntil.toString() }, detail);
      }
      return grant(sql, claim, { rules, as: "officer", at, by });
    }
    case "claw-back":
      return clawBack(sql, claim, { rules, note, at, by });
  }
}

/** An objection is heard by the offices. */
function refuseUnheard({ id }: StoredClaim, { redemption }: ProgrammeRules): void {
  if (redemption.stages.length > 0) return;
  const detail = `claim ${id} has no office that could review it again: its rules have no stages`;
  throw new Refused("wrong-state", {}, detail);
}

async function review(
  sql: Sql,
  claim: StoredClaim,
  of: Act & { move: Review["verdict"] },
): Promise<Moved> {
  const { rules, move: verdict, note, by, at } = of;
  if (claim.state !== "reviewing") {
    const detail = `claim ${claim.id} is ${claim.state}; no office reviews it now`;
    throw new Refused("wrong-state", { state: claim.state }, detail);
  }
  const person: string = by.signer.key;
  const stage = rules.redemption.stages[claim.stage]!;
  await refuseOtherOffice(sql, claim, { office: stage.office, person });
  const reviews = await reviewsOf(sql, claim.id);
  const said: Review = { stage: stage.code, person, verdict };
  const applicants = await applicantsOf(sql, claim.id);
  const step = reviewStep(rules, { reviews, applicants, review: said });
  if (step.kind === "refused") {
    const own = step.code === "own-claim" ? "applied for this claim" : "has spoken already";
    const detail = `this person ${own}; another one of the office must`;
    throw new Refused("needs-another-person", { code: step.code }, detail);
  }
  const { state } = claim;
  const facts = { stage: stage.code, verdict, note };
  const event = { at, by: by.signer.key, action: "review-said", from: state, to: state, facts };
  const heard = { ...claim, happened: [...claim.happened, event] };
  return afterReview(sql, heard, { rules, reviews: [...reviews, said], at, by });
}

/** Where persons were named for an office, only they speak for it. */
async function refuseOtherOffice(
  sql: Sql,
  { programme }: StoredClaim,
  { office, person }: { office: string; person: string },
): Promise<void> {
  const named = (await officesOf(sql, programme)).filter((one) => one.office === office);
  if (named.length === 0 || named.some(({ key }) => key === person)) return;
  throw new Refused("not-allowed", { office }, `this takes a person of the office "${office}"`);
}

function isBefore(
  at: Temporal.Instant,
  until: Temporal.PlainDate,
  { timeZone }: ProgrammeRules,
): boolean {
  const today = at.toZonedDateTimeISO(timeZone).toPlainDate();
  return Temporal.PlainDate.compare(today, until) <= 0;
}
