import {
  divide,
  minus,
  noMoney,
  oneFen,
  plus,
  total,
  type CardModelId,
  type CardSeconds,
  type MicroYuan,
  type Rate,
} from "../units/index.ts";
import type { Band, ProviderTerms, SettlementMode, TermsRule } from "./terms.ts";

/** Usage of one card model at one price level, all of a period together. */
export interface SoldUsage {
  readonly model: CardModelId;
  readonly cardSeconds: CardSeconds;
  /** What tenants and vouchers paid for it, tax included. */
  readonly spend: MicroYuan;
  /** The part of the card-seconds that vouchers paid, and what they paid. */
  readonly voucherSeconds: CardSeconds;
  readonly voucherSpend: MicroYuan;
  /** What the provider was given for it with each charge. */
  readonly posted: MicroYuan;
}

/** What a provider is due for a group of usage. Amounts are whole fen where terms made them. */
export interface SettledGroup {
  /** Place of the rule in the terms; null: no rule fits, so it is settled as charged. */
  readonly rule: number | null;
  readonly models: readonly CardModelId[];
  readonly cardSeconds: CardSeconds;
  readonly spend: MicroYuan;
  /** What tenants paid ÷ list price, in millionths rounded down, for people; null: no such mode. */
  readonly ratio: Rate | null;
  /** Place of the band that the ratio fell into; null where each price level has its own. */
  readonly band: number | null;
  /** Before tax was taken out, rounded down to the fen. */
  readonly gross: MicroYuan;
  /** gross − due. */
  readonly tax: MicroYuan;
  /** What the provider is paid, rounded down to the fen, once for the group. */
  readonly due: MicroYuan;
  readonly posted: MicroYuan;
  /** due − posted: below zero where the provider was given too much. */
  readonly adjustment: MicroYuan;
}

/**
 * What a provider is due for a period. Usage is grouped by the rule that fits it, and each group is
 * exact until its one rounding, down to the fen: a fraction stays with the platform. Of usage that
 * no rule fits nothing is changed and nothing rounded; nor of a group that is below zero, because
 * corrections of earlier periods took back more than was used: that was posted with them.
 *
 * @param usage  in any order; equal values give equal results, in the order of the rules
 */
export function settle(terms: ProviderTerms, usage: readonly SoldUsage[]): SettledGroup[] {
  const groups = new Map<number | null, SoldUsage[]>();
  for (const one of usage) {
    const rule = ruleFor(terms, one.model);
    groups.set(rule, [...(groups.get(rule) ?? []), one]);
  }
  return [...groups]
    .sort(([a], [b]) => (a ?? terms.rules.length) - (b ?? terms.rules.length))
    .map(([rule, of]) =>
      rule === null ? asCharged(of) : byRule(terms.rules[rule]!, { rule, of }),
    );
}

/** The place of the first rule for the model; null where there is none. */
export function ruleFor({ rules }: ProviderTerms, model: CardModelId): number | null {
  const found = rules.findIndex(({ models }) => models === null || models.includes(model));
  return found === -1 ? null : found;
}

function asCharged(of: readonly SoldUsage[]): SettledGroup {
  const sums = sumsOf(of);
  const none = { rule: null, ratio: null, band: null, tax: noMoney, adjustment: noMoney };
  return { ...none, ...sums, gross: sums.posted, due: sums.posted };
}

function byRule(
  rule: TermsRule,
  { rule: place, of }: { rule: number; of: readonly SoldUsage[] },
): SettledGroup {
  const sums = sumsOf(of);
  if (sums.spend < noMoney || sums.cardSeconds < 0n) return asCharged(of);
  const { voucherCardHour, taxDivisor, mode } = rule;
  const inMode = voucherCardHour === null ? of : of.map(withoutVouchers);
  const vouchers = total(of.map(({ voucherSeconds }) => voucherSeconds));
  const { worth, ratio, band } = worthOf(mode, inMode);
  const exact = worth + (voucherCardHour === null ? 0n : vouchers * voucherCardHour * million);
  const gross = toFen(exact, worthUnit);
  const due = toFen(exact * million, worthUnit * taxDivisor);
  return {
    ...{ rule: place, ...sums, ratio, band, gross, due },
    tax: minus(gross, due),
    adjustment: minus(due, sums.posted),
  };
}

function sumsOf(of: readonly SoldUsage[]) {
  return {
    models: [...new Set(of.map(({ model }) => model))].sort(),
    cardSeconds: total(of.map(({ cardSeconds }) => cardSeconds)),
    spend: total(of.map(({ spend }) => spend)),
    posted: total(of.map(({ posted }) => posted)),
  };
}

const withoutVouchers = (one: SoldUsage): SoldUsage => ({
  ...one,
  cardSeconds: minus(one.cardSeconds, one.voucherSeconds),
  spend: minus(one.spend, one.voucherSpend),
});

const million = 1_000_000n;
const hour = 3600n;
/** Worths are whole numbers of this part of a micro-yuan: nothing is rounded on the way. */
const worthUnit = hour * million;

interface Worth {
  readonly worth: bigint;
  readonly ratio: Rate | null;
  readonly band: number | null;
}

function worthOf(mode: SettlementMode, of: readonly SoldUsage[]): Worth {
  const seconds = total(of.map(({ cardSeconds }) => cardSeconds));
  const spend = total(of.map(({ spend: paid }) => paid));
  switch (mode.kind) {
    case "card-hour":
      return { worth: seconds * mode.perCardHour * million, ratio: null, band: null };
    case "share":
      return { worth: spend * mode.share * hour, ratio: null, band: null };
    case "share-by-ratio": {
      const sold = { spend, seconds, listPrice: mode.listPrice };
      const band = bandOf(mode.bands, sold);
      return { worth: spend * mode.bands[band]!.share * hour, ratio: ratioOf(sold), band };
    }
    case "card-hour-by-multiplier": {
      const { listPrice, bands } = mode;
      const worths = of.map((one) => {
        const sold = { spend: one.spend, seconds: one.cardSeconds, listPrice };
        return one.cardSeconds * bands[bandOf(bands, sold)]!.perCardHour * million;
      });
      const ratio = ratioOf({ spend, seconds, listPrice });
      return { worth: worths.reduce((sum, one) => sum + one, 0n), ratio, band: null };
    }
  }
}

interface Sold {
  readonly spend: MicroYuan;
  readonly seconds: CardSeconds;
  readonly listPrice: MicroYuan;
}

/** The last band that the ratio reaches; compared by products, so that no ratio is rounded. */
function bandOf(bands: readonly Band[], { spend, seconds, listPrice }: Sold): number {
  const paid = spend * hour * million;
  const reached = bands.findLastIndex(({ from }) => paid >= from * seconds * listPrice);
  return Math.max(reached, 0);
}

function ratioOf({ spend, seconds, listPrice }: Sold): Rate | null {
  const atList = seconds * listPrice;
  return atList === 0n ? null : (divide(spend * hour * million, atList, "down") as Rate);
}

/** Down to the fen: a part of one stays with the platform. */
const toFen = (numerator: bigint, denominator: bigint): MicroYuan =>
  (divide(numerator, denominator * oneFen, "down") * oneFen) as MicroYuan;

/** An amount with tax in it, without it: divided, rounded down to the fen. */
export const withoutTax = (amount: MicroYuan, taxDivisor: Rate): MicroYuan =>
  toFen(amount * million, taxDivisor);

/** What all groups give together. */
export function sumOfGroups(groups: readonly SettledGroup[]) {
  return groups.reduce(
    (sum, one) => ({
      due: plus(sum.due, one.due),
      posted: plus(sum.posted, one.posted),
      adjustment: plus(sum.adjustment, one.adjustment),
    }),
    { due: noMoney, posted: noMoney, adjustment: noMoney },
  );
}
