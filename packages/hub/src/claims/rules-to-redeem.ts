import { versionToRedeem, type Decision, type ProgrammeRules } from "@wadi/core/vouchers";

/**
 * The rules that a bill is redeemed by. Where open claims follow a later version, it says what
 * bills give. What was granted stays as it was granted all the same: who pays, what the grant took
 * up and what comes back of it. A version that has no such parts any more is not followed.
 */
export function rulesToRedeem(
  versions: readonly ProgrammeRules[],
  of: { decidedBy: ProgrammeRules; decision: Decision | null; redeemedOn: Temporal.PlainDate },
): ProgrammeRules {
  const { decidedBy, decision } = of;
  const later = versionToRedeem(versions, of);
  const codes = new Set(later.parts.map(({ code }) => code));
  const hasParts = decision?.parts.every(({ code }) => codes.has(code)) ?? true;
  if (later === decidedBy || !hasParts) return decidedBy;
  const { reserves, releasedRoomReturns, releasedBudgetReturns } = decidedBy.lifecycle;
  const bindsNow = reserves === "redemption";
  const ofGrant = ({ counts, limit }: ProgrammeRules["caps"][number]) =>
    counts === "granted" && "amount" in limit;
  return {
    ...later,
    payers: decidedBy.payers,
    exclusions: decidedBy.exclusions,
    budget: bindsNow ? later.budget : decidedBy.budget,
    caps: bindsNow
      ? later.caps
      : [...later.caps.filter((cap) => !ofGrant(cap)), ...decidedBy.caps.filter(ofGrant)],
    lifecycle: { ...later.lifecycle, reserves, releasedRoomReturns, releasedBudgetReturns },
  };
}
