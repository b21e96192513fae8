import type { MicroYuan, Rate } from "../units/index.ts";
import type { Facts } from "./rules/facts.ts";
import type { InKindUnit } from "./rules/part.ts";
import type { Level } from "./rules/payer.ts";
import type { BaseKind } from "./rules/spend.ts";

/**
 * What a programme is asked to decide: who, for which contract, with what evidence. What is left
 * out is unknown and asked for where a rule needs it. The order of lists and facts does not matter.
 */
export interface Case {
  /** The claim's id. Claims of one day are taken in the order of their ids. */
  readonly claim: string;
  readonly applicant: string;
  readonly supplier: string;
  readonly contract: string;
  readonly project: string | null;
  readonly appliedOn: Temporal.PlainDate;
  /** What is asked for, where it is less than could be had. Null: all. */
  readonly asked: MicroYuan | null;
  /** Of the applicant, contract, supplier and project. */
  readonly facts: Facts;
  readonly lines: readonly Line[];
  readonly evidence: readonly Evidence[];
  readonly relations: Relations;
  /** Public money for this contract that did not go through this platform. Null: unknown. */
  readonly otherMoney: readonly OtherMoney[] | null;
  /** R13; null where `supplier.registers` and `line.registers` are given as facts. */
  readonly registrations: readonly Registration[] | null;
  readonly approvals: readonly Approval[];
}

/** One item of the contract. */
export interface Line {
  /** One of its kind in the case. */
  readonly id: string;
  /** Of this line only: names begin with `line.`. */
  readonly facts: Facts;
  readonly amounts: Readonly<Partial<Record<BaseKind, MicroYuan>>>;
  /** For quotas in kind: what is asked of each unit. */
  readonly quantities: Quantities;
}

/** Whole card-hours, tokens. */
export type Quantities = Readonly<Partial<Record<InKindUnit, bigint | undefined>>>;

export interface Evidence {
  readonly kind: string;
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  readonly madeOn: Temporal.PlainDate | null;
  /** The last day on which it counts; null: no end. */
  readonly validUntil: Temporal.PlainDate | null;
}

/** Who belongs to whom. Null: unknown. Parties are named by any one register's numbers. */
export interface Relations {
  readonly holdings: readonly Holding[] | null;
  /** The ultimate controller of a party; who has none is left out. */
  readonly controllers: readonly { readonly party: string; readonly controller: string }[] | null;
  readonly officers: readonly { readonly party: string; readonly person: string }[] | null;
}

/** `holder` owns `share` of `held` directly. */
export interface Holding {
  readonly holder: string;
  readonly held: string;
  readonly share: Rate;
}

export interface OtherMoney {
  readonly programme: string;
  readonly level: Level;
  readonly amount: MicroYuan;
}

/** R13: a supplier, or one of its service items, is on a register from one day to another. */
export interface Registration {
  /** The register, or one batch of it: what conditions name. */
  readonly register: string;
  readonly supplier: string;
  /** Null: all that the supplier offers. */
  readonly item: string | null;
  readonly from: Temporal.PlainDate;
  readonly until: Temporal.PlainDate | null;
}

/** R28: a cap raised for this claim. Counts when two different persons signed it. */
export interface Approval {
  readonly cap: string;
  readonly limit: MicroYuan;
  readonly approvedBy: readonly string[];
}
