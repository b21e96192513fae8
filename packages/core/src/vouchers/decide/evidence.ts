import type { Evidence } from "../case.ts";
import type { Missing } from "../decision.ts";
import { modeFacts, type EvidenceRule, type ProgrammeRules } from "../rules/index.ts";

/** When something is asked for; `both`: the claim is redeemed at once, so all is asked of it. */
export type Step = "claim" | "redeem" | "both";

/** What a claim is asked for when it is decided. */
export const stepOfClaim = ({ lifecycle }: Pick<ProgrammeRules, "lifecycle">): Step =>
  modeFacts(lifecycle.mode).redeemedAtOnce ? "both" : "claim";

/** Whether what is asked for `at` a step is asked for now. */
export const isAsked = (at: Step, now: Step) => at === now || at === "both" || now === "both";

/**
 * R36: what is not there, or counts no more, of the evidence for a step.
 *
 * @param named  kinds that requirements ask for, each with the requirement's code
 */
export function missingEvidence(question: {
  rules: ProgrammeRules;
  step: Step;
  evidence: readonly Evidence[];
  named: readonly { kind: string; for: string }[];
  asOf: Temporal.PlainDate;
}): Missing[] {
  const { rules, step, evidence, named, asOf } = question;
  return rules.redemption.evidence
    .filter(({ at }) => isAsked(at, step))
    .flatMap((rule) => {
      const asker = named.find(({ kind }) => kind === rule.kind)?.for ?? null;
      if (rule.onlyWhenNamed && asker === null) return [];
      const because = lackOf(rule, evidence, asOf);
      const wanted = asker ?? "evidence";
      return because === null
        ? []
        : [{ kind: "evidence" as const, name: rule.kind, for: wanted, because }];
    });
}

/** Why none of the documents will do; null where one does. */
function lackOf(rule: EvidenceRule, evidence: readonly Evidence[], asOf: Temporal.PlainDate) {
  const ofKind = evidence.filter(({ kind }) => kind === rule.kind);
  if (ofKind.length === 0) return "absent";
  const valid = ofKind.filter(
    ({ validUntil }) => validUntil === null || Temporal.PlainDate.compare(validUntil, asOf) >= 0,
  );
  if (valid.length === 0) return "expired";
  return valid.some((one) => isFresh(one, rule.freshDays, asOf)) ? null : "too-old";
}

/** A document without a date of its own is never known to be fresh. */
function isFresh({ madeOn }: Evidence, freshDays: number | null, asOf: Temporal.PlainDate) {
  if (freshDays === null) return true;
  if (madeOn === null) return false;
  return Temporal.PlainDate.compare(madeOn.add({ days: freshDays }), asOf) >= 0;
}
