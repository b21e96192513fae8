import type { ProgrammeId } from "../../units/index.ts";
import type { Budget, Cap, Exclusion, PublicCeiling } from "./cap.ts";
import type { Control } from "./control.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { HighestOf, Part } from "./part.ts";
import type { Payer } from "./payer.ts";
import type { Redemption } from "./redemption.ts";
import type { Priority, Requirement } from "./requirement.ts";
import type { Spend } from "./spend.ts";
import type { Version } from "./version.ts";
import type { Source, Words } from "./words.ts";

/** One version of a programme, whole: all that decides who gets what. */
export interface ProgrammeRules {
  readonly id: ProgrammeId;
  readonly name: Words;
  /** The place whose programme it is, as an administrative division. */
  readonly place: string;
  /** Whose days are meant, such as Asia/Shanghai. */
  readonly timeZone: string;
  readonly sources: readonly Source[];
  readonly version: Version;
  /** R1-R8, R10-R16, in the order in which they are told. */
  readonly requirements: readonly Requirement[];
  readonly priority: Priority;
  readonly spend: Spend;
  /** In the order in which they are worked out; what a cap cuts, it cuts from the last one. */
  readonly parts: readonly Part[];
  readonly combine: readonly HighestOf[];
  /** At least one. */
  readonly payers: readonly Payer[];
  readonly caps: readonly Cap[];
  readonly publicCeiling: PublicCeiling | null;
  readonly exclusions: readonly Exclusion[];
  /** Null: no bound. */
  readonly budget: Budget | null;
  readonly lifecycle: Lifecycle;
  readonly redemption: Redemption;
  readonly control: Control;
}
