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

  /** A fund paid what it owes, or ahead. */
  "fund-pays": { number: 14, from: "bank", to: "due", hold: "none", sameOwner: false },
  /** A fund is to get back what it had paid too much. */
  "fund-refund": { number: 15, from: "due", to: "fund-refund", hold: "none", sameOwner: true },
  /** A tenant got back what it had paid in and not spent. */
  withdraw: { number: 16, from: "prepaid", to: "bank", hold: "none", sameOwner: false },
  /** What was paid to a provider came back. */
  "payout-back": { number: 17, from: "bank", to: "payable", hold: "none", sameOwner: false },

  /** The month's bill is more than what was charged. */
  "adjust-tenant-up": {
    number: 18,
    from: "prepaid",
    to: "clearing",
    hold: "none",
    sameOwner: false,
  },
  /** The month's bill is less than what was charged. */
  "adjust-tenant-down": {
    number: 19,
    from: "clearing",
    to: "prepaid",
    hold: "none",
    sameOwner: false,
  },
  /** The same as `adjust-tenant-up`, of a tenant that has not enough paid in. */
  owe: { number: 20, from: "receivable", to: "clearing", hold: "none", sameOwner: false },
  /** A tenant paid what it was billed before. */
  "settle-owed": { number: 21, from: "prepaid", to: "receivable", hold: "none", sameOwner: true },
  /** What tenants were billed more in a month stays with the platform. */
  "clear-up": { number: 22, from: "clearing", to: "platform-fee", hold: "none", sameOwner: false },
  /** What tenants were billed less in a month the platform bears. */
  "clear-down": {
    number: 23,
    from: "platform-fee",
    to: "clearing",
    hold: "none",
    sameOwner: false,
  },
  /** A provider is due more than it was credited. */
  "adjust-provider-up": {
    number: 24,
    from: "platform-fee",
    to: "payable",
    hold: "none",
    sameOwner: false,
  },
  /** A provider is due less than it was credited. */
  "adjust-provider-down": {
    number: 25,
    from: "payable",
    to: "platform-fee",
    hold: "none",
    sameOwner: false,
  },
  /** The cash part of a charge was wrong: the counter-entry of `cash`. */
  refund: { number: 26, from: "payable", to: "prepaid", hold: "none", sameOwner: false },
  /** Of what the platform kept, this is tax. */
  tax: { number: 27, from: "platform-fee", to: "tax-payable", hold: "none", sameOwner: false },
  /** The tax was paid. */
  "tax-paid": { number: 28, from: "tax-payable", to: "bank", hold: "none", sameOwner: false },
  /** Kept as security. */
  deposit: { number: 29, from: "prepaid", to: "deposit-held", hold: "none", sameOwner: true },
  /** Security given back. */
  "deposit-back": {
    number: 30,
    from: "deposit-held",
    to: "prepaid",
    hold: "none",
    sameOwner: true,
  },
  /** Security taken for what the tenant owed. */
  "deposit-used": {
    number: 31,
    from: "deposit-held",
    to: "receivable",
    hold: "none",
    sameOwner: true,
  },

  /** Kept back: a line of the provider's statement is disputed. */
  dispute: { number: 32, from: "payable", to: "dispute-hold", hold: "none", sameOwner: true },
  /** The dispute ended for the provider. */
  "dispute-release": {
    number: 33,
    from: "dispute-hold",
    to: "payable",
    hold: "none",
    sameOwner: true,
  },
  /** The dispute ended for the tenant: its cash part. */
  "dispute-refund": {
    number: 34,
    from: "dispute-hold",
    to: "prepaid",
    hold: "none",
    sameOwner: false,
  },
  /** The dispute ended for the tenant: what its fund had paid. */
  "dispute-return": { number: 35, from: "dispute-hold", to: "due", hold: "none", sameOwner: false },
  /** A payout was ordered at the bank. */
  "send-payout": { number: 36, from: "payable", to: "in-transit", hold: "none", sameOwner: true },
  /** The bank confirmed it. */
  "payout-arrived": { number: 37, from: "in-transit", to: "bank", hold: "none", sameOwner: false },
  /** The bank refused it. */
  "payout-bounced": {
    number: 38,
    from: "in-transit",
    to: "payable",
    hold: "none",
    sameOwner: true,
  },

  /** A voucher, or a part of it, was taken back unused. */
  ungrant: { number: 39, from: "issued", to: "available", hold: "none", sameOwner: false },
  /** A part of a voucher went to a sub-account of its holder. */
  split: { number: 40, from: "issued", to: "issued", hold: "none", sameOwner: false },
  /** It may be used longer after all. */
  extend: { number: 41, from: "expired", to: "issued", hold: "none", sameOwner: true },
  /** What expired is at the fund's disposal again. */
  restore: { number: 42, from: "expired", to: "available", hold: "none", sameOwner: false },
  /** Not needed: given back to whoever appropriated it. */
  return: { number: 43, from: "available", to: "returned", hold: "none", sameOwner: true },
  /** Used against the rules: asked back. */
  "claw-back": { number: 44, from: "redeemed", to: "clawback", hold: "none", sameOwner: true },
  /** Paid back; `pay-back`, `owe-back` or `dispute-return` is the other half. */
  "clawed-back": { number: 45, from: "clawback", to: "available", hold: "none", sameOwner: false },
  /** A tenant paid back what was clawed back, or interest on it. */
  "pay-back": { number: 46, from: "prepaid", to: "due", hold: "none", sameOwner: false },
  /** The platform paid a clawback ahead; the tenant owes it. */
  "owe-back": { number: 47, from: "receivable", to: "due", hold: "none", sameOwner: false },
  /** It got it back. */
  "fund-refunded": { number: 48, from: "fund-refund", to: "bank", hold: "none", sameOwner: false },
  /** A bill that a tenant paid itself: the fund's part of it, as `subsidy` is of a charge. */
  reimburse: { number: 49, from: "due", to: "prepaid", hold: "none", sameOwner: false },

  /** A provider is to give back more than it has: it owes the rest, until it has earned it. */
  overpaid: { number: 50, from: "overpaid", to: "payable", hold: "none", sameOwner: true },
  /** It has earned it. */
  "overpaid-settled": {
    number: 51,
    from: "payable",
    to: "overpaid",
    hold: "none",
    sameOwner: true,
  },
  /** What a firm has earned as a provider pays what it owes as a tenant. */
  "net-off": { number: 52, from: "payable", to: "receivable", hold: "none", sameOwner: false },
  /** A tenant paid the provider itself what it was charged: it has its money back. */
  "paid-directly": { number: 53, from: "payable", to: "prepaid", hold: "none", sameOwner: false },
  /** It had not. */
  "direct-back": { number: 54, from: "prepaid", to: "payable", hold: "none", sameOwner: false },
  /** The same, of a tenant that has not enough paid in. */
  "direct-owed": { number: 55, from: "receivable", to: "payable", hold: "none", sameOwner: false },
  /** A fund paid the provider itself what vouchers used: it does not owe it any more. */
  "fund-paid-directly": { number: 56, from: "payable", to: "due", hold: "none", sameOwner: false },
  /** It had not; `fund-refund` is the other half. */
  "fund-direct-back": {
    number: 57,
    from: "fund-refund",
    to: "payable",
    hold: "none",
    sameOwner: false,
  },
  /** A fund is not to get back what was on its way to it. */
  "fund-refund-back": { number: 58, from: "fund-refund", to: "due", hold: "none", sameOwner: true },
  /** What was given back is at the fund's disposal again. */
  "return-back": { number: 59, from: "returned", to: "available", hold: "none", sameOwner: true },

  /** A clawback was wrong: used by the rules after all. One of the next two is the other half. */
  "claw-back-undone": {
    number: 60,
    from: "available",
    to: "redeemed",
    hold: "none",
    sameOwner: false,
  },
  /** The tenant gets back what it had paid back. */
  "pay-back-undone": { number: 61, from: "due", to: "prepaid", hold: "none", sameOwner: false },
  /** The tenant does not owe it any more. */
  "owe-back-undone": { number: 62, from: "due", to: "receivable", hold: "none", sameOwner: false },
  /** The interest on it goes back as well, after `fund-refund`. */
  "interest-back": {
    number: 63,
    from: "fund-refund",
    to: "prepaid",
    hold: "none",
    sameOwner: false,
  },
  /** Interest that is still owed is owed no more, after `fund-refund`. */
  "interest-unowed": {
    number: 64,
    from: "fund-refund",
    to: "receivable",
    hold: "none",
    sameOwner: false,
  },
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

/**
 * The kind that undoes a kind of transfer by a further one, for mistakes found later: between the
 * same accounts backwards, but that `refund` gives free what was held. Where there is none, the
 * mistake is put right by the flow it belongs to (a clawback, a dispute, the month's adjustment).
 */
export const counterKinds = {
  "top-up": "withdraw",
  withdraw: "top-up",
  payout: "payout-back",
  "payout-back": "payout",
  cash: "refund",
  fee: "adjust-provider-up",
  grant: "ungrant",
  ungrant: "grant",
  expire: "extend",
  extend: "expire",
  "adjust-tenant-up": "adjust-tenant-down",
  "adjust-tenant-down": "adjust-tenant-up",
  "adjust-provider-up": "adjust-provider-down",
  "adjust-provider-down": "adjust-provider-up",
  "clear-up": "clear-down",
  "clear-down": "clear-up",
  deposit: "deposit-back",
  "deposit-back": "deposit",
  dispute: "dispute-release",
  "dispute-release": "dispute",
  "fund-refund": "fund-refund-back",
  return: "return-back",
  "return-back": "return",
} as const satisfies Partial<Record<TransferKind, TransferKind>>;

/** The fact of most transfers: they are the only one of their kind for their run, or hold. */
export const usualFact = ({ kind, hold, run }: Pick<Transfer, "kind" | "hold" | "run">): string =>
  `${kind}/${run ?? hold}`;

const kindOfNumber: ReadonlyMap<number, TransferKind> = new Map(
  Object.entries(transferKinds).map(([kind, { number }]) => [number, kind as TransferKind]),
);

/** @returns undefined when no kind has the number */
export const transferKindOf = (number: number): TransferKind | undefined =>
  kindOfNumber.get(number);
