import {
  type ClaimWindow,
  type DecidedInKind,
  type Decision,
  type ProgrammeRules,
  codeText,
  missingText,
} from "@wadi/core/vouchers";
import type { ClaimView } from "@wadi/protocol";

import type { SettlementAnswer } from "../redeem/settlement-store.ts";
import type { StoredClaim } from "./store.ts";
import { unitsOf } from "../units/units.ts";

/** A claim as callers see it; `window` is the one whose round it waits for, if it does. */
export function viewOfClaim(
  claim: StoredClaim,
  { rules, window }: { rules: ProgrammeRules; window: ClaimWindow | null },
): ClaimView {
  const { asked, progress, appliedOn: _day, happened: _, ...shown } = claim;
  const { decision, stage, unitMoves: _moves, ...rest } = shown;
  const office = claim.state === "reviewing" ? rules.redemption.stages[stage] : undefined;
  return {
    ...rest,
    stage: office?.code ?? null,
    waitsFor: window && { window: window.name, from: window.from, until: window.until },
    inKind: decision === null || claim.issuedOn === null ? [] : unitsOf(decision, progress),
    decision: decision && viewOfDecision(claim, { decision, rules }),
    raised: asked.approvals.map(({ cap, limit }) => ({ cap, limit })),
  };
}

/** Only who is asked for something lacks it: a claim that went on or ended waits for nothing. */
function viewOfDecision(
  { state }: StoredClaim,
  { decision, rules }: { decision: Decision; rules: ProgrammeRules },
): NonNullable<ClaimView["decision"]> {
  const { outcome, decidedOn, base, granted, parts, refused, excluded, missing, payers } = decision;
  const lacks = state === "incomplete" ? missing : [];
  return {
    ...{ outcome, decidedOn, base, granted },
    parts: parts.map(({ code, base: own, amount, granted: kept, payee }) => {
      return { code, base: own, amount, granted: kept, payee };
    }),
    inKind: decision.inKind.map(({ lines: _lines, ...one }) => withTexts(one, rules)),
    refused: refused.map((one) => ({ ...one, text: codeText(rules, one.code) })),
    excluded: excluded.map((one) => ({ ...one, text: codeText(rules, one.code) })),
    missing: lacks.map((one) => viewOfMissing(one, rules)),
    payers: payers.map(({ payer, fund, amount }) => ({ payer, fund, amount })),
  };
}

/** With what each code means that refused units. */
const withTexts = <U extends { readonly refused: DecidedInKind["refused"] }>(
  units: U,
  rules: ProgrammeRules,
) => ({
  ...units,
  refused: units.refused.map((one) => ({ ...one, text: codeText(rules, one.code) })),
});

function viewOfMissing(missing: Decision["missing"][number], rules: ProgrammeRules) {
  const { kind, name } = missing;
  return {
    ...{ kind, name, for: missing.for },
    line: missing.kind === "fact" ? missing.line : null,
    because: missing.kind === "evidence" ? missing.because : null,
    text: missingText(rules, missing),
    forText: codeText(rules, missing.for),
  };
}

export function viewOfRedemption(answer: SettlementAnswer, rules: ProgrammeRules) {
  const { outcome, settled, redeemed, applicantPays, released, refused, missing } = answer;
  return {
    ...{ outcome, settled, redeemed, applicantPays, released },
    inKind: answer.inKind.map((one) => withTexts(one, rules)),
    refused: refused.map((one) => ({ ...one, text: codeText(rules, one.code) })),
    missing: missing.map((one) => viewOfMissing(one, rules)),
  };
}
