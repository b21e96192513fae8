import { type Decision, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimView } from "@wadi/protocol";

import type { SettlementAnswer } from "./settlement-store.ts";
import type { StoredClaim } from "./store.ts";

/** A claim as callers see it. */
export function viewOfClaim(claim: StoredClaim, rules: ProgrammeRules | undefined): ClaimView {
  const { asked: _asked, progress: _progress, appliedOn: _day, happened: _, ...shown } = claim;
  const { decision, stage, ...rest } = shown;
  const waitsFor = claim.state === "reviewing" ? rules?.redemption.stages[stage] : undefined;
  return { ...rest, stage: waitsFor?.code ?? null, decision: decision && viewOfDecision(decision) };
}

function viewOfDecision(decision: Decision): NonNullable<ClaimView["decision"]> {
  const { outcome, decidedOn, base, granted, parts, refused, excluded, missing, payers } = decision;
  return {
    ...{ outcome, decidedOn, base, granted },
    parts: parts.map(({ code, base: own, amount, granted: kept, payee }) => {
      return { code, base: own, amount, granted: kept, payee };
    }),
    refused: [...refused],
    excluded: [...excluded],
    missing: missing.map(viewOfMissing),
    payers: payers.map(({ payer, fund, amount }) => ({ payer, fund, amount })),
  };
}

export function viewOfMissing(missing: Decision["missing"][number]) {
  const { kind, name } = missing;
  return missing.kind === "fact"
    ? { kind, name, for: missing.for, line: missing.line, because: null }
    : { kind, name, for: missing.for, line: null, because: missing.because };
}

export function viewOfRedemption(answer: SettlementAnswer) {
  const { outcome, settled, redeemed, applicantPays, released, refused, missing } = answer;
  return {
    ...{ outcome, settled, redeemed, applicantPays, released },
    refused: [...refused],
    missing: missing.map(viewOfMissing),
  };
}
