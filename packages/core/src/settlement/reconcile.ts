import { shareOf, type CardSeconds, type MicroYuan, type Rate } from "../units/index.ts";

/** What one source says of one thing; null: it does not know of it. */
export interface Said {
  readonly cardSeconds: CardSeconds | null;
  readonly amount: MicroYuan | null;
}

/** One thing that three sources speak of: such as a provider's cards of one model in a month. */
export interface ThreeWay {
  readonly key: string;
  /** What the terms give for the metered usage. */
  readonly contract: Said;
  /** What was metered, and what it was charged at. */
  readonly metering: Said;
  /** What the provider's invoice says; null: there is none yet. */
  readonly invoice: Said | null;
}

/** So much apart counts as equal: the larger of a share of the larger figure and a fixed amount. */
export interface Tolerance {
  readonly share: Rate;
  readonly cardSeconds: CardSeconds;
  readonly amount: MicroYuan;
}

export interface Mismatch {
  readonly key: string;
  readonly what: "no-invoice" | "not-metered" | "card-seconds" | "amount";
  /** What was expected, of metering or contract; null where it is unknown. */
  readonly expected: bigint | null;
  readonly found: bigint | null;
  /** found − expected. */
  readonly difference: bigint | null;
}

/**
 * Where the invoice does not say what was metered, or asks for what the contract does not give, by
 * key. Nothing is corrected: a person decides.
 */
export function reconcile(things: readonly ThreeWay[], tolerance: Tolerance): Mismatch[] {
  return things
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .flatMap((thing) => mismatchesOf(thing, tolerance));
}

function mismatchesOf({ key, ...said }: ThreeWay, tolerance: Tolerance): Mismatch[] {
  const { contract, metering, invoice } = said;
  if (!invoice) {
    const expected = contract.amount;
    return expected ? [{ key, what: "no-invoice", expected, found: null, difference: null }] : [];
  }
  if (metering.cardSeconds === null) {
    return [{ key, what: "not-metered", expected: null, found: invoice.amount, difference: null }];
  }
  return [
    ...differing(metering.cardSeconds, invoice.cardSeconds, {
      ...{ key, what: "card-seconds", share: tolerance.share, least: tolerance.cardSeconds },
    }),
    ...differing(contract.amount, invoice.amount, {
      ...{ key, what: "amount", share: tolerance.share, least: tolerance.amount },
    }),
  ];
}

function differing(
  expected: bigint | null,
  found: bigint | null,
  by: { key: string; what: "card-seconds" | "amount"; share: Rate; least: bigint },
): Mismatch[] {
  if (expected === null || found === null) return [];
  const difference = found - expected;
  const larger = found > expected ? found : expected;
  const ofLarger = shareOf(larger as MicroYuan, by.share, "down");
  const bound = ofLarger > by.least ? ofLarger : by.least;
  const size = difference < 0n ? -difference : difference;
  return size <= bound ? [] : [{ key: by.key, what: by.what, expected, found, difference }];
}
