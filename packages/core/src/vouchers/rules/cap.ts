import type { MicroYuan, Rate } from "../../units/index.ts";
import type { Condition, DayEvent } from "./condition.ts";
import type { Level } from "./payer.ts";
import type { Period } from "./period.ts";
import type { Words } from "./words.ts";

/** R28: the most that one of `per` may have in a period. Applied in file order. */
export interface Cap {
  readonly code: string;
  readonly text: Words;
  /** `tier` adds up all applicants whose `applicant.tier` is the same. */
  readonly per: "claim" | "contract" | "applicant" | "project" | "supplier" | "tier" | "programme";
  /** `none` for a cap per claim. */
  readonly period: Period;
  /** The day whose period counts. */
  readonly by: DayEvent;
  /** The cap only holds where this does, as for one tier of applicants. Null: always. */
  readonly when: Condition | null;
  /** An amount, or a rate of the claim's base; a rate goes with `per: "claim"` only. */
  readonly limit: { readonly amount: MicroYuan } | { readonly rate: Rate };
  /** Whether what is granted or what is redeemed counts against it. */
  readonly counts: "granted" | "redeemed";
  /** Codes of the parts that count; null: all. */
  readonly parts: readonly string[] | null;
  /** How far an approval may raise it; null: not at all. */
  readonly relaxableTo: MicroYuan | null;
}

/** R28: what there is to give. Checked last; its code is `budget`. */
export interface Budget {
  readonly amount: MicroYuan;
  readonly period: Period;
}

/** R29: a ceiling on all public money for one contract, whatever fund or level it comes from. */
export interface PublicCeiling {
  readonly code: string;
  readonly text: Words;
  /** Of the contract's total; 1,000,000 is all of it. */
  readonly rate: Rate;
  /** A bound in yuan beside the rate; null: none. */
  readonly amount: MicroYuan | null;
}

/** R30: what else rules a grant out. */
export type Exclusion =
  | {
      /** One grant of this programme for each of these, ever, whoever claims. */
      readonly once: "contract" | "applicant" | "project";
      readonly code: string;
      readonly text: Words;
    }
  | {
      /** No money of these levels, or of these programmes, for the same contract. */
      readonly noOther: {
        readonly levels: readonly Level[];
        readonly programmes: readonly string[];
      };
      readonly code: string;
      readonly text: Words;
    };
