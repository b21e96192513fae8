import { bases, measureNames } from "@wadi/core/metering";
import type { PackageId, PriceListId } from "@wadi/core/rating";
import {
  directPayers,
  monthStates,
  monthSteps,
  type MonthState,
  type MonthStep,
  type ProviderTerms,
  type TermsRule,
} from "@wadi/core/settlement";
import {
  formatRate,
  parseRate,
  type CardModelId,
  type CardSeconds,
  type Id,
  type ProviderId,
  type Rate,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import { z } from "zod";
import { unpricedUsage } from "./pricing.ts";
import { amount, instant, money, sequence, share, slug, uuid } from "./codec.ts";

export type SettlementId = Id<"settlement">;
export type DisputeId = Id<"dispute">;
export type PayoutBatchId = Id<"payout-batch">;
export type DistrictId = Id<"district">;

/** A month of the calendar: "2026-11". */
export const monthName = z
  .string()
  .regex(/^2[01]\d{2}-(0[1-9]|1[0-2])$/, 'must be a month such as "2026-11"');

/** A time zone of the IANA database. */
export const timeZoneName = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone of the IANA database, such as "Asia/Shanghai"')
  .default("Asia/Shanghai");

/** A part or a multiple of a price: "0.8", "1.06", "2.5"; at most six decimals, up to 1,000. */
export const multiple = z
  .codec(
    z.string(),
    z.custom<Rate>((value) => typeof value === "bigint"),
    {
      decode: (text, ctx) => {
        const value = parseRate(text);
        if (value !== undefined && value >= 0n && value <= 1_000_000_000n) return value;
        const message = 'must be a multiple from "0" to "1000", such as "0.8" or "1.06"';
        ctx.issues.push({ code: "custom", message, input: text });
        return z.NEVER;
      },
      encode: (value) => formatRate(value),
    },
  )
  .meta({ wire: { type: "string", pattern: "^\\d+(\\.\\d{1,6})?$", examples: ["1.06"] } });

/** For a card-hour; no card costs more. */
const hourPrice = amount.refine((price) => price <= 1_000_000_000_000n, "is above 1000000 yuan");

const band = {
  from: multiple.describe("Of the list price; the band has what is just there."),
  to: multiple.nullable().default(null).describe("Up to, but not at; null: without end."),
};
const mode = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("card-hour"), perCardHour: hourPrice }),
  z.strictObject({ kind: z.literal("share"), share }),
  z.strictObject({
    kind: z.literal("share-by-ratio"),
    listPrice: hourPrice.describe("For a card-hour."),
    bands: z
      .array(z.strictObject({ ...band, share }))
      .min(1)
      .max(100),
  }),
  z.strictObject({
    kind: z.literal("card-hour-by-multiplier"),
    listPrice: hourPrice.describe("For a card-hour."),
    bands: z
      .array(z.strictObject({ ...band, perCardHour: hourPrice }))
      .min(1)
      .max(100),
  }),
]);

const noTax = "1";
const termsRule = z.strictObject({
  models: z
    .array(slug<CardModelId>())
    .min(1)
    .max(1000)
    .nullable()
    .default(null)
    .describe("For these card models; null: for all others."),
  mode,
  voucherCardHour: hourPrice
    .nullable()
    .default(null)
    .describe("What a card-hour that a voucher paid is settled at; null: as all others are."),
  taxDivisor: multiple.prefault(noTax).describe('"1.06" takes a VAT of 6 % out of what is due.'),
});

/** What a provider is settled by: the first rule that fits a card model. */
export const providerTerms = z
  .strictObject({
    rules: z.array(termsRule).max(100).default([]),
    paidDirectlyBy: z
      .array(z.enum(directPayers))
      .max(directPayers.length)
      .default([])
      .describe("Who pays the provider itself, past the platform."),
    nettedWith: slug<TenantId>()
      .nullable()
      .default(null)
      .describe("The same firm as a tenant: what it has earned pays what it owes."),
  })
  .meta({ id: "ProviderTerms" });

/** The same in core's words. */
export const termsOf = ({ rules, ...rest }: z.output<typeof providerTerms>): ProviderTerms => ({
  ...rest,
  rules: rules.map((rule): TermsRule => rule),
});

export const termsView = z
  .object({
    provider: slug<ProviderId>(),
    version: z.int(),
    month: monthName.describe("They hold for months from this one on."),
    terms: providerTerms,
    state: z.enum(["draft", "approved"]).describe("A draft settles nothing."),
    madeAt: instant,
    madeBy: z.string().describe("The key that put it."),
    approvedAt: instant.nullable(),
    approvedBy: z.string().nullable().describe("Null as well where no approval was needed yet."),
  })
  .meta({ id: "ProviderTermsVersion" });

/** A whole number that corrections may bring below zero. */
const signedCount = z
  .codec(
    z.string(),
    z.custom<CardSeconds>((value) => typeof value === "bigint"),
    {
      decode: (text, ctx) => {
        if (/^-?\d{1,30}$/.test(text)) return BigInt(text) as CardSeconds;
        ctx.issues.push({ code: "custom", message: "must be a whole number", input: text });
        return z.NEVER;
      },
      encode: (value) => value.toString(),
    },
  )
  .meta({ wire: { type: "string", pattern: "^-?\\d+$" } });

const due = z.object({
  provider: slug<ProviderId>(),
  termsVersion: z.int().nullable().describe("Null: settled as it was charged."),
  rule: z.int().nullable(),
  models: z.array(z.string()),
  cardSeconds: signedCount,
  spend: money.describe("What tenants and vouchers paid."),
  ratio: multiple.nullable().describe("Deal ÷ list price, rounded down."),
  band: z.int().nullable(),
  gross: money,
  tax: money,
  due: money,
  posted: money.describe("What the charges gave the provider already."),
  adjustment: money.describe("due − posted: what publishing posts."),
});

const finding = z.object({
  provider: slug<ProviderId>(),
  model: z.string(),
  what: z.enum(["no-invoice", "not-metered", "card-seconds", "amount"]),
  expected: sequence.nullable(),
  found: sequence.nullable(),
});

/** What tenants and funds pay a provider themselves: they get it back, and it is paid less. */
const directlyPaid = z.object({
  provider: slug<ProviderId>(),
  payer: z.enum(["tenant", "fund"]),
  of: z.string().describe("Which tenant or fund."),
  amount,
});

export const monthStep = z.enum(Object.keys(monthSteps) as MonthStep[]);
const monthState = z.enum(Object.keys(monthStates) as MonthState[]);

/** A package that a tenant's agreement buys and its list, in this revision, does not sell. */
export const unsoldPackage = z.object({
  tenant: slug<TenantId>(),
  package: slug<PackageId>(),
  list: slug<PriceListId>(),
  revision: z.int(),
});

/** What meters counted of one measure while nothing was agreed with their tenant. */
export const unagreedUsage = z.object({
  tenant: slug<TenantId>(),
  measure: z.enum(measureNames),
  basis: z.enum(bases),
  from: instant,
  to: instant,
  quantity: sequence.describe("In steps of the measure."),
});

/** A month as it stands: in the list without dues, shares and findings. */
export const settlementView = z
  .object({
    id: uuid<SettlementId>(),
    month: monthName,
    revision: z.int().describe("Counts up each time the month was taken back and opened anew."),
    timeZone: z.string(),
    from: instant,
    until: instant,
    state: monthState,
    nextSteps: z.array(monthStep),
    lines: sequence.nullable().describe("Charges in it; null before they were imported."),
    seal: z.string().nullable().describe("Changes when any of those charges would."),
    lastAt: instant,
  })
  .meta({ id: "Settlement" });

export const settlementReport = settlementView
  .extend({
    totals: z.object({
      runs: sequence,
      cardSeconds: signedCount,
      charges: money,
      vouchers: money,
      cash: money,
      platformFees: money,
      due: money,
      posted: money,
      direct: money.describe("Paid past the platform, to providers themselves."),
    }),
    dues: z.array(due),
    direct: z.array(directlyPaid),
    shares: z.array(z.object({ tenant: slug<TenantId>(), project: z.string(), amount: money })),
    findings: z.array(finding),
    unpriced: z
      .array(z.object({ tenant: slug<TenantId>(), usage: unpricedUsage }))
      .describe("Usage that no price holds for; the month is not published before it has one."),
    unsold: z
      .array(unsoldPackage)
      .describe("The month is not published before their lists sell them."),
    unagreed: z
      .array(unagreedUsage)
      .describe("Billed to nobody, since nothing is agreed; the month is published all the same."),
    steps: z.array(z.object({ step: z.string(), at: instant, by: z.string(), note: z.string() })),
  })
  .meta({ id: "SettlementReport" });

export const disputeView = z
  .object({
    id: uuid<DisputeId>(),
    provider: slug<ProviderId>(),
    tenant: slug<TenantId>(),
    run: uuid<RunId>().nullable(),
    amount,
    reason: z.string(),
    openedAt: instant,
    endedAt: instant.nullable(),
    outcome: z.enum(["provider", "tenant", "withdrawn"]).nullable(),
  })
  .meta({ id: "Dispute" });

const payoutLine = z.object({
  line: z.int(),
  provider: slug<ProviderId>(),
  amount,
  state: z.enum(["made", "sent", "arrived", "bounced"]),
  bankReference: z.string().nullable(),
});
export const payoutBatchView = z
  .object({
    id: uuid<PayoutBatchId>(),
    number: sequence,
    madeAt: instant,
    sentAt: instant.nullable(),
    droppedAt: instant.nullable(),
    sum: amount,
    lines: z.array(payoutLine),
  })
  .meta({ id: "PayoutBatch" });

function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
