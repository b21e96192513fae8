import type { MicroYuan, Rate } from "../../units/index.ts";
import type { Condition } from "./condition.ts";
import type { Level } from "./payer.ts";
import type { Period } from "./period.ts";
import type { Words } from "./words.ts";

/** R19-R27: one share of what is granted. */
export interface Part {
  readonly code: string;
  readonly text: Words;
  /** May ask about lines: then only the lines where it holds count. Null: all lines. */
  readonly when: Condition | null;
  readonly rule: PartRule;
  /** R27: who is paid. A grant to a supplier goes to the contract's supplier. */
  readonly payee: "applicant" | "supplier";
  /** R24: codes of the payers that bear this part, in their order; null: all of them. */
  readonly payers: readonly string[] | null;
}

/** How a part is worked out; always rounded down to the fen. */
export type PartRule =
  | { readonly rates: readonly RateRow[]; readonly faces?: Faces }
  | { readonly bands: Bands; readonly faces?: Faces }
  | { readonly once: Once }
  | { readonly spendThenFull: SpendThenFull }
  | { readonly coFund: CoFund }
  | { readonly inKind: InKind };

/** R19, R20: each line takes the first row whose `when` holds; a line that fits none counts 0. */
export interface RateRow {
  readonly when: Condition | null;
  readonly rate: Rate;
}

/** R21: the rate depends on how much was spent. */
export interface Bands {
  /** `marginal`: each yuan at the rate of its band. `whole`: all at the rate of the sum's band. */
  readonly counting: "marginal" | "whole";
  /** What is added up: this claim's base, or the applicant's in the period up to and with it. */
  readonly over: "claim" | Exclude<Period, "none" | { readonly years: number }>;
  /** From 0 upward without gap or overlap; the last one has no end. */
  readonly rows: readonly Band[];
}

export interface Band {
  /** Inclusive. */
  readonly from: MicroYuan;
  /** Exclusive; null: no end. */
  readonly to: MicroYuan | null;
  readonly rate: Rate;
}

/** R23: an amount that does not depend on the spend; once for each of `per`, ever. */
export interface Once {
  /** The first row that holds says how much. R26: a fixed face by tier is such a table. */
  readonly rows: readonly { readonly when: Condition | null; readonly amount: MicroYuan }[];
  readonly per: "claim" | "contract" | "applicant" | "project";
}

/** R18: who has spent `spend` has the next `full` paid in full. */
export interface SpendThenFull {
  readonly spend: MicroYuan;
  readonly full: MicroYuan;
  readonly over: Bands["over"];
}

/** R24: a share of what funds of other levels granted for the same contract. */
export interface CoFund {
  readonly levels: readonly Level[];
  readonly rate: Rate;
}

/** What is granted in place of money; whole ones. */
export const inKindUnits = ["card-hours", "tokens"] as const;
export type InKindUnit = (typeof inKindUnits)[number];

/** R25: a quota of card-hours or tokens in place of money. */
export interface InKind {
  readonly unit: InKindUnit;
  /** Of what is asked; 1,000,000 is all of it. Rounded down to whole units. */
  readonly share: Rate;
  /** The most for one claim; null: no such bound. */
  readonly most: bigint | null;
  /** Quotas, each for one of `per` in a period; all must have room. */
  readonly quotas: readonly {
    readonly code: string;
    readonly per: "applicant" | "project" | "supplier" | "programme";
    readonly period: Period;
    readonly amount: bigint;
  }[];
}

/** R26: vouchers come in fixed faces only; what does not fill one is cut off. */
export interface Faces {
  readonly amounts: readonly MicroYuan[];
  /** `one`: the largest that fits. `many`: as many as fit, the largest first. */
  readonly fill: "one" | "many";
}

/** R22: of these parts only the highest counts; between equals the first. The rest add up. */
export interface HighestOf {
  readonly highestOf: readonly string[];
}
