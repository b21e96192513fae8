import type { HoldId, Id, JobId, MicroYuan, RunId } from "../units/index.ts";
import type { AccountKind, AccountRef } from "./account.ts";

/**
 * Every kind of transfer: between which accounts, and what it does to a hold. `number` is how it is
 * stored: given once, never used again for another. `sameOwner`: both accounts have the same owner,
 * so that one tenant's hold is never released to another.
 */
export const transferKinds = {
  /** A tenant paid in. */
  "top-up": { number: 1, from: "bank", to: "prepaid", hold: "none", sameOwner: false },
  /** A provider was paid. */
  payout: { number: 2, from: "payable", to: "bank", hold: "none", sameOwner: false },
  /** Set aside for jobs: the most that they can cost in cash. */
  hold: { number: 3, from: "prepaid", to: "held", hold: "place", sameOwner: true },
  /** Given back: the jobs are over and this much was not used. */
  release: { number: 4, from: "held", to: "prepaid", hold: "take", sameOwner: true },
  /** The cash part of a charge. */
  cash: { number: 5, from: "held", to: "payable", hold: "take", sameOwner: false },
  /** The platform's part of a charge. */
  fee: { number: 6, from: "payable", to: "platform-fee", hold: "none", sameOwner: false },
  /** The voucher part of a charge: the fund owes it, the provider has earned it. */
  subsidy: { number: 7, from: "due", to: "payable", hold: "none", sameOwner: false },

  /** Money was put at the fund's disposal. */
  appropriate: {
    number: 8,
    from: "appropriation",
    to: "available",
    hold: "none",
    sameOwner: true,
  },
  /** A tenant was given a voucher. */
  grant: { number: 9, from: "available", to: "issued", hold: "none", sameOwner: false },
  /** Set aside for jobs: the most that the voucher may pay of them. */
  reserve: { number: 10, from: "issued", to: "reserved", hold: "place", sameOwner: true },
  /** Given back to the voucher. */
  unreserve: { number: 11, from: "reserved", to: "issued", hold: "take", sameOwner: true },
  /** The voucher part of a charge, in the fund's own book; `subsidy` is the other half. */
  redeem: { number: 12, from: "reserved", to: "redeemed", hold: "take", sameOwner: true },
  /** Not used in time. */
  expire: { number: 13, from: "issued", to: "expired", hold: "none", sameOwner: true },
} as const satisfies Record<string, TransferRule>;

export type TransferKind = keyof typeof transferKinds;

interface TransferRule {
  readonly number: number;
  readonly from: AccountKind;
  readonly to: AccountKind;
  /** `place` adds to what its hold has on the account it goes to; `take` uses up of it. */
  readonly hold: "none" | "place" | "take";
  readonly sameOwner: boolean;
}

export type TransferId = Id<"transfer">;

/** What moves: the part of a transfer that the books are changed by. */
export interface Move {
  readonly kind: TransferKind;
  readonly from: AccountRef;
  readonly to: AccountRef;
  /** Above zero. In a fund's book a whole number of fen. */
  readonly amount: MicroYuan;
  /** Of the kinds that place or take from a hold: which. */
  readonly hold: HoldId | null;
}

/** A move and what it is for, before it has its place in the journal. */
export interface Transfer extends Move {
  /** The business fact that this is the only posting of, for ever: `cash/<run>`. */
  readonly fact: string;
  readonly job: JobId | null;
  readonly run: RunId | null;
  /** In the words of whoever recorded it; empty where a program did. */
  readonly note: string;
  readonly happenedAt: Temporal.Instant;
}

/** The fact of most transfers: they are the only one of their kind for their run, or hold. */
export const usualFact = ({ kind, hold, run }: Pick<Transfer, "kind" | "hold" | "run">): string =>
  `${kind}/${run ?? hold}`;

const kindOfNumber: ReadonlyMap<number, TransferKind> = new Map(
  Object.entries(transferKinds).map(([kind, { number }]) => [number, kind as TransferKind]),
);

/** @returns undefined when no kind has the number */
export const transferKindOf = (number: number): TransferKind | undefined =>
  kindOfNumber.get(number);
