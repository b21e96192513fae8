import type { MicroYuan } from "../../units/index.ts";
import type { DecidedRow } from "../decision.ts";
import type { Part } from "../rules/index.ts";

/** A part on its way through the evaluation. */
export interface Grant {
  readonly part: Part;
  readonly base: MicroYuan;
  readonly rows: readonly DecidedRow[];
  readonly before: { readonly base: MicroYuan; readonly amount: MicroYuan };
  /** What the rule gives. */
  readonly amount: MicroYuan;
  readonly surpassedBy: string | null;
  /** What is left of it so far. */
  readonly granted: MicroYuan;
}

export const inKindOf = ({ rule }: Part) => ("inKind" in rule ? rule.inKind : null);
