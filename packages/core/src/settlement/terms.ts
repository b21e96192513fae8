import type { Problem } from "../capacity/index.ts";
import { formatRate, formatYuan, noMoney, rate } from "../units/index.ts";
import type { CardModelId, MicroYuan, Rate, TenantId } from "../units/index.ts";

/**
 * What a provider is settled by, as data: for each usage the first rule that fits its card model.
 * Usage that no rule fits is settled as it was charged.
 */
export interface ProviderTerms {
  readonly rules: readonly TermsRule[];
  /**
   * Who pays the provider itself, past the platform: what they were charged they get back with the
   * month, and the provider is paid that much less.
   */
  readonly paidDirectlyBy: readonly DirectPayer[];
  /** The same firm as a tenant: what it has earned pays what it owes. */
  readonly nettedWith: TenantId | null;
}

/** All tenants, for their own part of charges; all funds, for what vouchers paid. */
export const directPayers = ["tenants", "funds"] as const;
export type DirectPayer = (typeof directPayers)[number];

export interface TermsRule {
  /** For these card models; null: for all others. */
  readonly models: readonly CardModelId[] | null;
  readonly mode: SettlementMode;
  /**
   * What a card-hour that a voucher paid is settled at, outside the mode; null: such hours are
   * settled like all others.
   */
  readonly voucherCardHour: MicroYuan | null;
  /** What the mode gives is divided by it: 1.06 takes a VAT of 6 % out; 1 takes out nothing. */
  readonly taxDivisor: Rate;
}

export type SettlementMode =
  /** So much for a card-hour, whatever the tenant paid. */
  | { readonly kind: "card-hour"; readonly perCardHour: MicroYuan }
  /** A share of what tenants paid. */
  | { readonly kind: "share"; readonly share: Rate }
  /** A share of what tenants paid, by what they paid beside the list price, all of a period. */
  | {
      readonly kind: "share-by-ratio";
      readonly listPrice: MicroYuan;
      readonly bands: readonly ShareBand[];
    }
  /** A price for a card-hour, by the multiple of the list price that it was sold at. */
  | {
      readonly kind: "card-hour-by-multiplier";
      readonly listPrice: MicroYuan;
      readonly bands: readonly PriceBand[];
    };

/** From `from` up to, but not at, `to`; null: without end. Both are parts of the list price. */
export interface Band {
  readonly from: Rate;
  readonly to: Rate | null;
}
export interface ShareBand extends Band {
  readonly share: Rate;
}
export interface PriceBand extends Band {
  readonly perCardHour: MicroYuan;
}

const all = rate(1_000_000n);
/** More than any tax there is: a divisor beyond it is a slip of the decimal point. */
const taxDivisorMax = rate(2_000_000n);

/** Everything that is wrong with the terms, by its place; nothing when they can be used. */
export function checkTerms({ rules, paidDirectlyBy, nettedWith }: ProviderTerms): Problem[] {
  const saysNothing = rules.length === 0 && paidDirectlyBy.length === 0 && nettedWith === null;
  return [
    ...(saysNothing ? [{ path: "rules", message: "is empty; give at least one rule" }] : []),
    ...(new Set(paidDirectlyBy).size < paidDirectlyBy.length
      ? [{ path: "paidDirectlyBy", message: "names one twice; name it once" }]
      : []),
    ...rules.flatMap((rule, i) => checkRule(rule, `rules[${i}]`)),
    ...checkReach(rules),
  ];
}

function checkRule({ mode, voucherCardHour, taxDivisor }: TermsRule, path: string): Problem[] {
  const inRange = taxDivisor >= all && taxDivisor <= taxDivisorMax;
  const tax = `${formatRate(taxDivisor)} is no divisor; use 1 to 2, "1.06" for a VAT of 6 %`;
  return [
    ...checkMode(mode, `${path}.mode`),
    ...(voucherCardHour === null ? [] : notNegative(voucherCardHour, `${path}.voucherCardHour`)),
    ...(inRange ? [] : [{ path: `${path}.taxDivisor`, message: tax }]),
  ];
}

function checkMode(mode: SettlementMode, path: string): Problem[] {
  switch (mode.kind) {
    case "card-hour":
      return notNegative(mode.perCardHour, `${path}.perCardHour`);
    case "share":
      return checkShare(mode.share, `${path}.share`);
    case "share-by-ratio":
      return [
        ...checkList(mode.listPrice, path),
        ...checkBands(mode.bands, path),
        ...mode.bands.flatMap(({ share }, i) => checkShare(share, `${path}.bands[${i}].share`)),
      ];
    case "card-hour-by-multiplier":
      return [
        ...checkList(mode.listPrice, path),
        ...checkBands(mode.bands, path),
        ...mode.bands.flatMap((band, i) =>
          notNegative(band.perCardHour, `${path}.bands[${i}].perCardHour`),
        ),
      ];
  }
}

function checkList(listPrice: MicroYuan, path: string): Problem[] {
  if (listPrice > noMoney) return [];
  const message = `${formatYuan(listPrice)} is no list price; use an amount above 0`;
  return [{ path: `${path}.listPrice`, message }];
}

function checkShare(share: Rate, path: string): Problem[] {
  if (share >= 0n && share <= all) return [];
  return [{ path, message: `${formatRate(share)} is no share; use 0 to 1, "0.32" for 32 %` }];
}

function notNegative(amount: MicroYuan, path: string): Problem[] {
  if (amount >= noMoney) return [];
  return [{ path, message: `${formatYuan(amount)} is below zero; use 0 or more` }];
}

/** From 0 on without a gap or an overlap, the last without end. */
function checkBands(bands: readonly Band[], path: string): Problem[] {
  if (bands.length === 0) {
    return [{ path: `${path}.bands`, message: "is empty; give at least one band, from 0 on" }];
  }
  return bands.flatMap((band, i) => {
    const at = `${path}.bands[${i}]`;
    const begin = i === 0 ? rate(0n) : bands[i - 1]!.to;
    return [...checkStart(band, begin, at), ...checkEnd(band, i === bands.length - 1, at)];
  });
}

function checkStart({ from }: Band, begin: Rate | null, at: string): Problem[] {
  if (begin === null || from === begin) return [];
  const what = from > begin ? "leaves a gap" : "overlaps the band before it";
  const cure = `it must start at ${formatRate(begin)}`;
  return [{ path: `${at}.from`, message: `${formatRate(from)} ${what}; ${cure}` }];
}

function checkEnd({ from, to }: Band, isLast: boolean, at: string): Problem[] {
  if (isLast && to !== null) {
    const message = `${formatRate(to)} leaves what is above it without a band; leave it out`;
    return [{ path: `${at}.to`, message }];
  }
  if (!isLast && to === null) {
    return [{ path: `${at}.to`, message: "is left out; only the last band may be without end" }];
  }
  if (to !== null && to <= from) {
    const message = `${formatRate(to)} is not above ${formatRate(from)}, where the band starts`;
    return [{ path: `${at}.to`, message }];
  }
  return [];
}

/** Every rule must be the first that fits something. */
function checkReach(rules: readonly TermsRule[]): Problem[] {
  const first = new Map<CardModelId, number>();
  let forAll: number | undefined;
  return rules.flatMap(({ models }, i) => {
    const path = `rules[${i}].models`;
    if (forAll !== undefined) {
      return [
        { path, message: `is never reached: rules[${forAll}] is for all models; put it first` },
      ];
    }
    if (models === null) {
      forAll = i;
      return [];
    }
    if (models.length === 0)
      return [{ path, message: "is empty; name models, or use null for all" }];
    return models.flatMap((model) => {
      const before = first.get(model);
      first.set(model, before ?? i);
      if (before === undefined) return [];
      return [{ path, message: `${model} is in rules[${before}] already; name it once` }];
    });
  });
}
