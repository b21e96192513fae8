import type { Missing, Refusal } from "../decision.ts";
import type { Requirement } from "../rules/index.ts";
import { isAsked, missingEvidence, stepOfClaim, type Step } from "./evidence.ts";
import type { Inquiry } from "./inquiry.ts";
import { judge, judgeOr } from "./judge-condition.ts";
import { anyOf, isUnknown, negate, type Truth } from "./truth.ts";
import type { Known } from "./known.ts";

import { isWithin } from "./registers.ts";
import { isOpen } from "./windows.ts";

/** A reason to refuse the whole claim. */
export type Bar = Pick<Refusal, "code" | "by">;

export interface Eligibility {
  /** In the order in which they are told: version, window, ban, requirements in file order. */
  readonly bars: readonly Bar[];
  readonly missing: readonly Missing[];
}

/** R1-R8, R16, R32, R43 and the evidence: whether the claim may be granted at all. */
export function eligibility(inquiry: Inquiry, seen: Known): Eligibility {
  const { rules, case: of, asOf } = inquiry;
  const step = stepOfClaim(rules);
  const { bars, missing, named } = judgeRequirements(rules.requirements, step, seen);
  const inForce = judgeInForce(inquiry, seen);
  const evidence = missingEvidence({ rules, step, evidence: of.evidence, named, asOf });
  return {
    bars: [
      ...(inForce === false ? [{ code: "not-in-force", by: "version" as const }] : []),
      ...(isOpen(rules.lifecycle.cadence, of.appliedOn)
        ? []
        : [{ code: "outside-window", by: "cadence" as const }]),
      ...(isBanned(seen) ? [{ code: "banned", by: "requirement" as const }] : []),
      ...bars,
    ],
    missing: [
      ...(isUnknown(inForce) ? asked(inForce, "not-in-force") : []),
      ...missing,
      ...evidence,
    ],
  };
}

/** All requirements of a step about the claim as a whole; those asked may name evidence. */
export function judgeRequirements(requirements: readonly Requirement[], step: Step, seen: Known) {
  const bars: Bar[] = [];
  const missing: Missing[] = [];
  const named: { kind: string; for: string }[] = [];
  for (const requirement of atStep(requirements, step)) {
    if (requirement.of === "line") continue;
    const { code } = requirement;
    const truth = isKept(requirement, seen);
    if (truth === false) bars.push({ code, by: "requirement" });
    if (isUnknown(truth)) missing.push(...asked(truth, code));
    if (judgeOr(requirement.when, seen) === false) continue;
    named.push(...requirement.evidence.map((kind) => ({ kind, for: code })));
  }
  return { bars, missing, named };
}

export const atStep = (requirements: readonly Requirement[], step: Step) =>
  requirements.filter(({ at }) => isAsked(at, step));

/** Where the requirement is not asked, it is kept. */
export const isKept = ({ when, need }: Requirement, seen: Known): Truth =>
  anyOf([negate(judgeOr(when, seen)), judge(need, seen)]);

/** Facts to ask for. */
export const asked = (names: readonly string[], code: string, line: string | null = null) =>
  names.map((name): Missing => ({
    kind: "fact",
    name: name as Extract<Missing, { kind: "fact" }>["name"],
    line,
    for: code,
  }));

function judgeInForce({ rules: { version } }: Inquiry, seen: Known): Truth {
  const event = version.decidedBy === "redeemed" ? "decided" : version.decidedBy;
  const day = seen.days[event];
  return day === null ? ["contract.signedOn"] : isWithin(day, version.inForce);
}

/** A ban counts where it is known; nobody is asked to say that he is not banned. */
function isBanned({ case: { facts }, days }: Known): boolean {
  const until = facts["applicant.bannedUntil"];
  return (
    until instanceof Temporal.PlainDate && Temporal.PlainDate.compare(days.decided!, until) <= 0
  );
}
