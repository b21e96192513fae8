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
