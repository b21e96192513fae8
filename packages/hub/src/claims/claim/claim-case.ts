import type { Case, Claim, ProgrammeRules } from "@wadi/core/vouchers";

import type { StoredClaim } from "./store.ts";

/** What is decided on: what the applicant sent, and what the hub itself knows. */
export function caseOfClaim(
  { id, tenant, appliedOn, asked }: Pick<StoredClaim, "id" | "tenant" | "appliedOn" | "asked">,
  bannedUntil: Temporal.PlainDate | null,
): Case {
  return {
    ...(asked as Omit<Case, "claim" | "applicant" | "appliedOn">),
    claim: id,
    applicant: tenant,
    appliedOn,
    facts: { ...asked.facts, "applicant.bannedUntil": bannedUntil },
  };
}

/** A granted claim as core redeems and releases it. */
export function grantedClaim(claim: StoredClaim, bannedUntil: Temporal.PlainDate | null): Claim {
  const { decision, issuedOn, progress } = claim;
  if (decision === null || issuedOn === null) throw new Error(`claim ${claim.id} was never issued`);
  return { case: caseOfClaim(claim, bannedUntil), decision, issuedOn, progress };
}

/** The day it is for a programme. */
export const dayOf = (at: Temporal.Instant, { timeZone }: Pick<ProgrammeRules, "timeZone">) =>
  at.toZonedDateTimeISO(timeZone).toPlainDate();
