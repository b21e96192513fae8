import { total, type MicroYuan } from "../../units/index.ts";
import type { Claim, Progress } from "../claim.ts";
import type { Counters } from "../counters.ts";
import { payerShares } from "../decide/bear.ts";
import type { DecidedInKind, PayerShare, Touched } from "../decision.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { afterBack, borneOf, restOf, touchReleased } from "./give-back.ts";
import { byKey } from "./redeem.ts";

export interface Release {
  readonly released: MicroYuan;
  readonly parts: readonly { readonly code: string; readonly released: MicroYuan }[];
  readonly inKind: readonly (Pick<DecidedInKind, "code" | "unit"> & {
    readonly released: bigint;
  })[];
  readonly touched: readonly Touched[];
  /** Who gets back what. */
  readonly payers: readonly PayerShare[];
  readonly progress: Progress;
}

/** R33, R35: gives back all that is open of a claim: it expired, or is withdrawn or closed. */
export function release(of: { rules: ProgrammeRules; claim: Claim; counters: Counters }): Release {
  const { rules, claim, counters } = of;
  const rest = restOf(claim);
  const { amounts, units } = rest;
  const progress = afterBack(claim, claim.progress, rest);
  const inquiry = { rules, case: claim.case, counters, asOf: claim.decision.decidedOn };
  return {
    released: total(amounts),
    parts: claim.decision.parts.map(({ code }, index) => ({ code, released: amounts[index]! })),
    inKind: claim.decision.inKind.map(({ code, unit }, index) => {
      return { code, unit, released: units[index]! };
    }),
    payers: payerShares(rules, borneOf(rules, claim, { amounts, after: "released" })),
    touched: byKey(touchReleased(inquiry, claim, { ...rest, progress })),
    progress,
  };
}
