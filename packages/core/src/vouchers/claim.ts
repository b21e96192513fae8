import type { MicroYuan } from "../units/index.ts";
import type { Case, Evidence, Quantities } from "./case.ts";
import type { DecidedInKind, Decision, Missing, PayerShare, Refusal, Touched } from "./decision.ts";

/** A granted claim and what became of it so far: all that a redemption has to know. */
export interface Claim {
  /** As it was decided: released amounts go back to the counters it names. */
  readonly case: Case;
  readonly decision: Decision;
  readonly issuedOn: Temporal.PlainDate;
  readonly progress: Progress;
}

/** Sums over all settlements so far. */
export interface Progress {
  /** By line, as the bills show it, with tax. */
  readonly settled: Readonly<Record<string, MicroYuan>>;
  /** By part. */
  readonly redeemed: Readonly<Record<string, MicroYuan>>;
  /** By part: given back, expired or found to be above the rate. */
  readonly released: Readonly<Record<string, MicroYuan>>;
  /** By line: card-hours and tokens, as the bills show them. */
  readonly used: Readonly<Record<string, Quantities>>;
  /** By part in kind: units drawn. */
  readonly drawn: Readonly<Record<string, bigint>>;
  /** By part in kind: units given back or expired. */
  readonly givenBack: Readonly<Record<string, bigint>>;
}

export const noProgress: Progress = {
  ...{ settled: {}, redeemed: {}, released: {} },
  ...{ used: {}, drawn: {}, givenBack: {} },
};

/** What was delivered and billed: the whole of it, or a further piece. */
export interface Settlement {
  readonly id: string;
  /** The bill's day: the one that must lie within the validity. */
  readonly on: Temporal.PlainDate;
  readonly lines: readonly SettledLine[];
  readonly evidence: readonly Evidence[];
  /** Nothing more will come: what is left of the grant is released. */
  readonly last: boolean;
}

export interface SettledLine {
  readonly line: string;
  /** What is to be paid in money for it. */
  readonly amount: MicroYuan;
  /** What was used of units that the grant may have in kind; left out: nothing. */
  readonly quantities?: Quantities | undefined;
}

export interface RedemptionDecision {
  readonly outcome: "redeemed" | "refused" | "incomplete";
  /** Of the bill, with tax. */
  readonly settled: MicroYuan;
  readonly redeemed: MicroYuan;
  /** `settled − redeemed`: what the applicant bears itself. */
  readonly applicantPays: MicroYuan;
  /** What of the grant is given up now. */
  readonly released: MicroYuan;
  readonly parts: readonly RedeemedPart[];
  readonly inKind: readonly DrawnInKind[];
  /** What the settlement would have given, less what it gave, by reason. */
  readonly refused: readonly Refusal[];
  readonly missing: readonly Missing[];
  readonly touched: readonly Touched[];
  readonly payers: readonly PayerShare[];
  /** Who gets back what of `released`. */
  readonly releasedPayers: readonly PayerShare[];
  /** To be stored with the claim. */
  readonly progress: Progress;
}

export interface RedeemedPart {
  readonly code: string;
  readonly payee: "applicant" | "supplier";
  readonly redeemed: MicroYuan;
  readonly released: MicroYuan;
}

/** R25: what a settlement draws of a part in kind. What it does not draw is paid for. */
export interface DrawnInKind {
  readonly code: string;
  readonly unit: DecidedInKind["unit"];
  /** What the bill shows on the part's lines. */
  readonly used: bigint;
  readonly drawn: bigint;
  /** What of the grant is given up now. */
  readonly released: bigint;
  /** What the part's share would have given, less what is drawn, by reason. */
  readonly refused: DecidedInKind["refused"];
}
