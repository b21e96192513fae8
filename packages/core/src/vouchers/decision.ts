import type { FundId, MicroYuan, ProgrammeId, Rate } from "../units/index.ts";
import type { FactName } from "./rules/facts.ts";
import type { InKindUnit, Part } from "./rules/part.ts";
import type { Level } from "./rules/payer.ts";

/**
 * What comes back, with every reason. Of a complete case: what the parts came to = `granted` + all
 * amounts of `refused`. Of an incomplete one nothing is granted, refused or touched.
 */
export interface Decision {
  readonly outcome: "granted" | "refused" | "incomplete";
  readonly programme: ProgrammeId;
  readonly version: number;
  readonly decidedOn: Temporal.PlainDate;
  /** What qualifies, less tax where the programme says so. */
  readonly base: MicroYuan;
  readonly parts: readonly DecidedPart[];
  readonly granted: MicroYuan;
  readonly inKind: readonly DecidedInKind[];
  /** In the order in which they were applied. */
  readonly refused: readonly Refusal[];
  readonly excluded: readonly ExcludedLine[];
  /** What has to be brought; empty unless the case is incomplete. */
  readonly missing: readonly Missing[];
  /** By key. What the hub locks, checks and adds up. */
  readonly touched: readonly Touched[];
  readonly payers: readonly PayerShare[];
}

export interface DecidedPart {
  readonly code: string;
  readonly payee: Part["payee"];
  /** What its lines come to. */
  readonly base: MicroYuan;
  /** What the part's rule gives, before caps; whole fen. */
  readonly amount: MicroYuan;
  /** What is left of it after everything. */
  readonly granted: MicroYuan;
  /** Who bears what is granted of it, in the order of the rules; who bears nothing is left out. */
  readonly borne: readonly { readonly payer: string; readonly amount: MicroYuan }[];
  /** Another part of its group was higher (R22): it gives nothing. */
  readonly surpassedBy: string | null;
  readonly rows: readonly DecidedRow[];
  /** For bands over a period: the applicant's base and amount of this part before this claim. */
  readonly before: { readonly base: MicroYuan; readonly amount: MicroYuan };
}

/** One row of a rate table, one band, or the whole of a part of another kind. */
export interface DecidedRow {
  /** Its index in the rules. */
  readonly row: number;
  readonly lines: readonly string[];
  readonly base: MicroYuan;
  /** Null where the amount does not depend on the base. */
  readonly rate: Rate | null;
  readonly amount: MicroYuan;
}

export interface DecidedInKind {
  readonly code: string;
  readonly unit: InKindUnit;
  /** Of what was asked for: what is used on them later is drawn. */
  readonly lines: readonly string[];
  readonly asked: bigint;
  readonly granted: bigint;
  readonly refused: readonly { readonly code: string; readonly amount: bigint }[];
}

/** The step of the evaluation that refused. */
export type RefusedBy =
  | "version"
  | "cadence"
  | "requirement"
  | "floor"
  | "asked"
  | "cap"
  | "public-ceiling"
  | "exclusion"
  | "budget"
  | "payer"
  | "settlement"
  | "validity";

export interface Refusal {
  /** A code of the rules, or one of `standardCodes`. */
  readonly code: string;
  readonly by: RefusedBy;
  /** Several requirements may fail at once: the first one carries the amount, the others 0. */
  readonly amount: MicroYuan;
}

export interface ExcludedLine {
  readonly line: string;
  /** The requirement, or `no-part` where no part of the programme is for such a line. */
  readonly code: string;
  readonly amount: MicroYuan;
}

export type Missing =
  | {
      readonly kind: "fact";
      /** Or a list of the case, such as `relations.holdings`, or `amounts.approved` of a line. */
      readonly name: FactName | CaseList | `amounts.${string}` | `quantities.${string}`;
      readonly line: string | null;
      /** The code that asks for it. */
      readonly for: string;
    }
  | {
      readonly kind: "evidence";
      readonly name: string;
      readonly for: string;
      readonly because: "absent" | "expired" | "too-old";
    };

export type CaseList =
  | "otherMoney"
  | "relations.holdings"
  | "relations.controllers"
  | "relations.officers";

/**
 * One counter that the decision looked at. `before` is what the counter, and the others that count
 * with it, showed; `by` is what has to be added to `key`, and `before + by` never passes `limit`
 * unless `before` did already.
 */
export interface Touched {
  readonly code: string;
  readonly key: string;
  /** Counters of other periods that count too and do not change. */
  readonly also: readonly string[];
  readonly before: bigint;
  readonly by: bigint;
  readonly after: bigint;
  readonly limit: bigint | null;
}

export interface PayerShare {
  readonly payer: string;
  readonly level: Level;
  readonly fund: FundId;
  readonly amount: MicroYuan;
}
