import type { FundId, MicroYuan, ProgrammeId } from "../units/index.ts";
import type { Case, ProgrammeRules, Refusal, Settlement, Turn } from "../vouchers/index.ts";

/** A version of a programme's rules, and since when it holds. */
export interface BundleRules {
  readonly rules: ProgrammeRules;
  readonly approvedAt: Temporal.Instant;
}

/** A claim that was granted, with all that it was decided by but its rules. */
export interface BundleClaim {
  readonly claim: string;
  readonly programme: ProgrammeId;
  /** Of the rules that decided it. */
  readonly version: number;
  /** As it was decided: the applicant's own, and what the hub knew of the applicant then. */
  readonly case: Case;
  readonly decision: BundleDecision;
  /** What a round of claims that were decided together left for it; null: it was alone. */
  readonly turn: Turn | null;
  /** Later than it was decided where a public notice came between. */
  readonly issuedOn: Temporal.PlainDate;
  /** In the order they came. */
  readonly redemptions: readonly BundleRedemption[];
  /** How it ended; null: it was open at the end of the bill's time, or its last bill ended it. */
  readonly end: BundleEnd | null;
  /** What is noted of it as used by jobs. */
  readonly byJobs: MicroYuan;
}

/** What of a decision is said, and can be made anew from rules, case and counters. */
export interface BundleDecision {
  readonly decidedOn: Temporal.PlainDate;
  readonly base: MicroYuan;
  readonly granted: MicroYuan;
  readonly parts: readonly {
    readonly code: string;
    readonly payee: "applicant" | "supplier";
    readonly base: MicroYuan;
    readonly amount: MicroYuan;
    readonly granted: MicroYuan;
    readonly borne: readonly { readonly payer: string; readonly amount: MicroYuan }[];
  }[];
  readonly inKind: readonly {
    readonly code: string;
    readonly unit: "card-hours" | "tokens";
    readonly asked: bigint;
    readonly granted: bigint;
  }[];
  readonly refused: readonly Refusal[];
  readonly excluded: readonly {
    readonly line: string;
    readonly code: string;
    readonly amount: MicroYuan;
  }[];
  readonly payers: readonly BundlePayer[];
  /** All counters that it looked at: how each stood, by the hub's word, and what was added. */
  readonly counters: readonly {
    readonly code: string;
    readonly key: string;
    readonly before: bigint;
    readonly by: bigint;
  }[];
}

export interface BundlePayer {
  readonly payer: string;
  readonly fund: FundId;
  readonly amount: MicroYuan;
}

/** A bill that came under a claim, and what it gave. */
export interface BundleRedemption {
  readonly at: Temporal.Instant;
  readonly settlement: Settlement;
  readonly outcome: "redeemed" | "refused" | "incomplete";
  readonly settled: MicroYuan;
  readonly redeemed: MicroYuan;
  readonly applicantPays: MicroYuan;
  readonly released: MicroYuan;
  readonly refused: readonly Refusal[];
  readonly payers: readonly BundlePayer[];
  readonly counters: readonly Counted[];
}

export interface BundleEnd {
  readonly at: Temporal.Instant;
  readonly how: "expire" | "withdraw" | "claw-back";
  readonly released: MicroYuan;
  readonly counters: readonly Counted[];
}

/** What was added to a counter, or given back to it. */
export interface Counted {
  readonly key: string;
  readonly by: bigint;
}
