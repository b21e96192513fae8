import { billAtOnce, modeFacts, modes, type Mode } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import { caseOfClaim } from "../claim/claim-case.ts";
import { redeemClaim } from "./redeem-claim.ts";
import { rulesOfClaim } from "../rules/rules-for.ts";
import { issuedUnder, type StoredClaim } from "../claim/store.ts";

/**
 * R31: redeems a claim that was just issued, where its programme redeems what it grants at once. A
 * transaction of its own: should the hub end in between, its sweep comes back to the claim.
 * @returns the claim as it stands then; others are left as they are
 */
export async function redeemAtOnce(
  hub: Pick<Hub, "db" | "clock">,
  claim: StoredClaim,
): Promise<StoredClaim> {
  if (claim.state !== "issued" || claim.issuedOn === null) return claim;
  const rules = await rulesOfClaim(hub.db.sql, claim);
  if (!modeFacts(rules.lifecycle.mode).redeemedAtOnce) return claim;
  const { lines } = caseOfClaim(claim, null);
  const settlement = billAtOnce(rules, { lines, on: claim.issuedOn });
  return (await redeemClaim(hub, { id: claim.id, settlement, by: null })).claim;
}

const pageSize = 500;
const atOnce = (Object.keys(modes) as Mode[]).filter((mode) => modeFacts(mode).redeemedAtOnce);

/**
 * Redeems what was granted and not redeemed at once: the hub ended in between, or evidence had run
 * out. Safe to repeat.
 * @returns how many claims moved
 */
export async function sweepAtOnce(hub: Pick<Hub, "db" | "clock" | "log">): Promise<number> {
  let moved = 0;
  for (let after: ClaimId | null = null; ;) {
    const issued: StoredClaim[] = await issuedUnder(hub.db.sql, atOnce, { after, limit: pageSize });
    for (const claim of issued) {
      try {
        const { state } = await redeemAtOnce(hub, claim);
        if (state !== claim.state) moved += 1;
      } catch (error) {
        // One claim whose fund is short must not hold up the others.
        hub.log.warn({ err: error, claim: claim.id }, "a claim could not be redeemed at once");
      }
    }
    if (issued.length < pageSize) return moved;
    after = issued.at(-1)!.id;
  }
}
