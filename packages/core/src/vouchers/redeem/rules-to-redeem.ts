import type { Decision } from "../decision.ts";
import { inKindOf } from "../decide/grant.ts";
import type { Part, ProgrammeRules } from "../rules/index.ts";
import { versionToRedeem } from "../version-for.ts";

/**
 * The rules that a bill is redeemed by. Where open claims follow a later version, it says what
 * bills give. What was granted stays as it was granted all the same: who pays, what the grant took
 * up and what comes back of it. A version that has no such parts any more is not followed.
 */
export function rulesToRedeem(
  versions: readonly ProgrammeRules[],
  of: {
    readonly decidedBy: ProgrammeRules;
    readonly decision: Pick<Decision, "parts"> | null;
    readonly redeemedOn: Temporal.PlainDate;
  },
): ProgrammeRules {
  const { decidedBy, decision } = of;
  const later = versionToRedeem(versions, of);
  const hasParts = decision?.parts.every(({ code }) => isLike(code, decidedBy, later)) ?? true;
  if (later === decidedBy || !hasParts) return decidedBy;
  const { reserves, releasedRoomReturns, releasedBudgetReturns } = decidedBy.lifecycle;
  const bindsNow = reserves === "redemption";
  const ofGrant = ({ counts, limit }: ProgrammeRules["caps"][number]) =>
    counts === "granted" && "amount" in limit;
  return {
    ...later,
    parts: later.parts.map((part) => withQuotasOf(decidedBy, part)),
    payers: decidedBy.payers,
    exclusions: decidedBy.exclusions,
    budget: bindsNow ? later.budget : decidedBy.budget,
    caps: bindsNow
      ? later.caps
      : [...later.caps.filter((cap) => !ofGrant(cap)), ...decidedBy.caps.filter(ofGrant)],
    lifecycle: { ...later.lifecycle, reserves, releasedRoomReturns, releasedBudgetReturns },
  };
}

type Parts = Pick<ProgrammeRules, "parts">;

const partOf = ({ parts }: Parts, code: string) => parts.find((part) => part.code === code);

/** Whether the later version has the part, in money or in the same unit as before. */
function isLike(code: string, before: Parts, later: Parts): boolean {
  const [had, has] = [partOf(before, code), partOf(later, code)];
  return has !== undefined && (!had || inKindOf(had)?.unit === inKindOf(has)?.unit);
}

/** Quotas were taken up by the grant: what comes back to them stays as it was. */
function withQuotasOf(before: Parts, part: Part): Part {
  const had = partOf(before, part.code);
  const [was, is] = [had ? inKindOf(had) : null, inKindOf(part)];
  return was && is ? { ...part, rule: { inKind: { ...is, quotas: was.quotas } } } : part;
}
