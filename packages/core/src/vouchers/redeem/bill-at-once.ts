import { noMoney } from "../../units/index.ts";
import type { Case } from "../case.ts";
import type { Settlement } from "../claim.ts";
import type { ProgrammeRules } from "../rules/index.ts";

/**
 * R31: the one bill of a claim that is redeemed as soon as it is granted: what it was decided on,
 * whole, and its last. The evidence lies with the claim.
 */
export const billAtOnce = (
  { spend: { redeemBase } }: Pick<ProgrammeRules, "spend">,
  { lines, on }: Pick<Case, "lines"> & { readonly on: Temporal.PlainDate },
): Settlement => ({
  id: "at-once",
  on,
  lines: lines.map(({ id, amounts, quantities }) => {
    return { line: id, amount: amounts[redeemBase] ?? noMoney, quantities };
  }),
  evidence: [],
  last: true,
});
