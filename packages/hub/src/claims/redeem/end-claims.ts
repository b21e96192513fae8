import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesTenant } from "../../http/index.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { noClaim } from "../claim/no-claim.ts";
import type { Moved } from "../decide/concluded.ts";
import { make, type Making } from "../claim/move.ts";
import { postForClaim } from "./postings.ts";
import { releaseRest } from "./release-rest.ts";
import { rulesOfClaim } from "../rules/rules-for.ts";
import { giveBack, grant } from "../decide/settle-state.ts";
import { claimsDue, lockClaim, saveClaim, type StoredClaim } from "../claim/store.ts";

/**
 * The applicant takes its claim back; what was granted and not redeemed goes back to the funds. A
 * claim that was withdrawn before stays so.
 * @throws Refused `not-found`, `wrong-state`
 */
export function withdrawClaim(
  hub: Pick<Hub, "db" | "clock">,
  { id, by }: { id: ClaimId; by: AuditEntry["by"] },
): Promise<StoredClaim> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim || !seesTenant(by.signer, claim.tenant)) throw noClaim(id);
    if (claim.state === "withdrawn") return claim;
    const ended = await end(sql, claim, { move: "withdraw", as: "applicant", at, by });
    await audit(sql, { by, at, action: "claim.withdraw", subject: `claim/${id}` });
    await postForClaim(sql, ended.transfers, at);
    return ended.claim;
  });
}

const pageSize = 500;

/**
 * What time alone does to claims: vouchers expire, public notices that nobody objected to end with
 * a grant. Safe to repeat at any time, by several hubs at once.
 * @returns how many claims moved
 */
export async function sweepClaims(hub: Pick<Hub, "db" | "clock" | "log">): Promise<number> {
  const at = hub.clock.now();
  let moved = 0;
  for (let after: ClaimId | null = null; ;) {
    const due: ClaimId[] = await claimsDue(hub.db.sql, { at, after, limit: pageSize });
    for (const id of due) {
      try {
        moved += await hub.db.transaction((sql) => moveDue(sql, id, at));
      } catch (error) {
        // One claim whose fund is short must not hold up the others.
        hub.log.warn({ err: error, claim: id }, "a claim could not be moved on");
      }
    }
    if (due.length < pageSize) return moved;
    after = due.at(-1)!;
  }
}

async function moveDue(sql: Sql, id: ClaimId, at: Temporal.Instant): Promise<number> {
  const claim = await lockClaim(sql, id);
  if (!claim) return 0;
  const rules = await rulesOfClaim(sql, claim);
  const today = at.toZonedDateTimeISO(rules.timeZone).toPlainDate();
  const isPast = (day: Temporal.PlainDate | null) =>
    day !== null && Temporal.PlainDate.compare(day, today) < 0;
  if (claim.state === "announced" && isPast(claim.noticeUntil)) {
    const granted = await grant(sql, claim, { rules, as: "platform", at, by: null });
    await saveClaim(sql, granted.claim);
    await postForClaim(sql, granted.transfers, at);
    return 1;
  }
  const isOpen = ["granted", "issued", "redeeming"].includes(claim.state);
  if (!isOpen || !isPast(claim.lastDay)) return 0;
  const expired = await end(sql, claim, { move: "expire", as: "platform", at, by: null });
  await postForClaim(sql, expired.transfers, at);
  return 1;
}

/** Ends a claim and saves it; what moves in the books is left to the caller. */
async function end(
  sql: Sql,
  claim: StoredClaim,
  making: Omit<Making, "move"> & { move: "expire" | "withdraw" },
): Promise<Moved> {
  if (claim.issuedOn === null) {
    const ended = make(claim, { ...making, facts: await giveBack(sql, claim) });
    await saveClaim(sql, ended);
    return { claim: ended, transfers: [] };
  }
  const { move, at } = making;
  const rules = await rulesOfClaim(sql, claim);
  const rest = await releaseRest(sql, claim, {
    ...{ rules, at, fact: `claim/${claim.id}/${move}` },
    why: move === "expire" ? "expire" : "ungrant",
  });
  const ended = make(rest.claim, { ...making, facts: rest.facts });
  await saveClaim(sql, ended);
  return { claim: ended, transfers: rest.transfers };
}
