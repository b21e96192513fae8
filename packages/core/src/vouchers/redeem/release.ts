import { total, type MicroYuan } from "../../units/index.ts";
import type { Claim, Progress } from "../claim.ts";
import type { Counters } from "../counters.ts";
import { payerShares } from "../decide/bear.ts";
import type { PayerShare, Touched } from "../decision.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { borneOf, openOf, touchReleased } from "./give-back.ts";
import { byKey, released } from "./redeem.ts";

export interface Release {
  readonly released: MicroYuan;
  readonly parts: readonly { readonly code: string; readonly released: MicroYuan }[];
  readonly touched: readonly Touched[];
  /** Who gets back what. */
  readonly payers: readonly PayerShare[];
  readonly progress: Progress;
}

/** R33, R35: gives back all that is open of a claim: it expired, or is withdrawn or closed. */
export function release(of: { rules: ProgrammeRules; claim: Claim; counters: Counters }): Release {
  const { rules, claim, counters } = of;
  const amounts = openOf(claim);
  const progress = released(claim, claim.progress, amounts);
  const inquiry = { rules, case: claim.case, counters, asOf: claim.decision.decidedOn };
  return {
    released: total(amounts),
    parts: claim.decision.parts.map(({ code }, index) => ({ code, released: amounts[index]! })),
    payers: payerShares(rules, borneOf(rules, claim, { amounts, after: "released" })),
    touched: byKey(touchReleased(inquiry, claim, { amounts, progress })),
    progress,
  };
}
