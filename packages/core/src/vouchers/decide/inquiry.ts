import type { MicroYuan } from "../../units/index.ts";
import type { Case } from "../case.ts";
import type { Counters } from "../counters.ts";
import type { ProgrammeRules } from "../rules/index.ts";

/** One question to a programme. */
export interface Inquiry {
  readonly rules: ProgrammeRules;
  readonly case: Case;
  readonly counters: Counters;
  /** The day of the decision, in the programme's time zone. */
  readonly asOf: Temporal.PlainDate;
}

/** What a round of claims that are decided together says about one of them. */
export interface Turn {
  /** What the budget has for it; null: as much as the counter shows is left. */
  readonly budget: MicroYuan | "unbounded" | null;
  /** Others had more points. */
  readonly isOut: boolean;
}
