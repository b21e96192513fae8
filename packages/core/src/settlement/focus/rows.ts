import {
  divide,
  downToFen,
  formatDecimal,
  formatYuan,
  microYuan,
  minus,
  noMoney,
  type CardModelId,
  type CardSeconds,
  type MicroYuan,
  type ProgrammeId,
  type RunId,
} from "../../units/index.ts";
import { recipientColumn, type FocusColumn } from "./columns.ts";

/** Who a file is about and who made it. */
export interface FocusFrame {
  readonly billing: { readonly from: Temporal.Instant; readonly until: Temporal.Instant };
  /** Who offers the cards, and mostly invoices them and is paid: the region's platform. */
  readonly platform: string;
}

/** A run that was charged. */
export interface FocusCharge {
  readonly account: { readonly id: string; readonly name: string };
  readonly run: RunId;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** Whose cards they are. */
  readonly publisher: string;
  readonly region: { readonly place: string; readonly centre: string } | null;
  readonly pool: string;
  readonly model: CardModelId;
  readonly cardSeconds: CardSeconds;
  /** Usage at its price, before what it was held at bounded it. */
  readonly price: MicroYuan;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly programme: ProgrammeId | null;
  readonly emulated: boolean;
  /** The platform's invoice that has it; null before there is one. */
  readonly invoice: string | null;
  /** Who invoices and is paid, where it is not the platform: then the platform bills nothing. */
  readonly paidTo: string | null;
}

/** Something given back or asked for later, for a charge that was made before. */
export interface FocusCorrection {
  readonly account: { readonly id: string; readonly name: string };
  readonly what: string;
  readonly at: Temporal.Instant;
  readonly publisher: string;
  /** Below zero: given back. */
  readonly amount: MicroYuan;
  readonly run: RunId | null;
  /** The platform's invoice that has it; null where none has, or none yet. */
  readonly invoice: string | null;
  /** Whether what it corrects was billed in an earlier period. */
  readonly ofEarlierPeriod: boolean;
}

/** The columns of our files, in their order: all that are mandatory, and those that we can tell. */
export const focusHeader = [
  "AvailabilityZone",
  "BilledCost",
  "BillingAccountId",
  "BillingAccountName",
  "BillingCurrency",
  "BillingPeriodEnd",
  "BillingPeriodStart",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "ConsumedQuantity",
  "ConsumedUnit",
  "ContractedCost",
  "ContractedUnitPrice",
  "EffectiveCost",
  "InvoiceId",
  "InvoiceIssuerName",
  "ListCost",
  "ListUnitPrice",
  "PricingCategory",
  "PricingQuantity",
  "PricingUnit",
  "ProviderName",
  "PublisherName",
  "RegionId",
  "RegionName",
  "ResourceId",
  "ResourceName",
  "ResourceType",
  "ServiceCategory",
  "ServiceName",
  "ServiceSubcategory",
  "SkuId",
  "SkuMeter",
  "SkuPriceDetails",
  "SkuPriceId",
  "x_Emulated",
  recipientColumn,
  "x_Programme",
  "x_Run",
] as const satisfies readonly (FocusColumn | `x_${string}`)[];
type Header = (typeof focusHeader)[number];
type Cells = Partial<Record<Header, string>>;

/**
 * A charge as rows of FOCUS 1.2: the usage, and where a voucher paid a part of it the credit for
 * that part, below zero. Together they bill what the tenant pays the platform, and cost what it
 * pays whomever: where the platform bills nothing a credit may not cost anything either, so the
 * usage costs less there.
 */
export function chargeRows(charge: FocusCharge, frame: FocusFrame): string[][] {
  const { cardSeconds, price, voucher, programme, paidTo, run, model } = charge;
  const billed = (amount: MicroYuan) => formatYuan(paidTo === null ? amount : noMoney);
  const unitPrice = unitPriceOf(price, cardSeconds);
  const cost = formatDecimal(unitPrice * cardSeconds, { scale: unitScale, leastDecimals: 2 });
  const perUnit = formatDecimal(unitPrice, { scale: unitScale, leastDecimals: 2 });
  const common = { ...cellsOf(charge, frame), x_Run: run };
  const usage = row({
    ...common,
    ...{ ChargeCategory: "Usage", ChargeFrequency: "Usage-Based" },
    ChargeDescription: `${model}, cards held by a run on ${charge.pool}`,
    BilledCost: billed(charge.charge),
    EffectiveCost: formatYuan(paidTo === null ? charge.charge : minus(charge.charge, voucher)),
    ...{ ContractedCost: cost, ListCost: cost },
    ...{ ContractedUnitPrice: perUnit, ListUnitPrice: perUnit, PricingCategory: "Standard" },
    ...{ PricingQuantity: `${cardSeconds}`, PricingUnit: unit },
    ...{ ConsumedQuantity: `${cardSeconds}`, ConsumedUnit: unit },
    ...{ SkuId: model, SkuMeter: meter, SkuPriceId: `${model}/${perCardHour(price, cardSeconds)}` },
    SkuPriceDetails: detailsOf(model),
  });
  if (voucher === noMoney) return [usage];
  const given = billed(minus(noMoney, voucher));
  const whose = programme ?? "a programme";
  const credit = row({
    ...common,
    ...{ ChargeCategory: "Credit", ChargeFrequency: "One-Time", x_Programme: programme ?? "" },
    ChargeDescription: `Voucher of ${whose}: ${formatYuan(voucher)} of this run`,
    ...{ BilledCost: given, EffectiveCost: given, ContractedCost: given, ListCost: given },
  });
  return [usage, credit];
}

/** What is given back or asked for later; of an earlier period's charge a correction. */
export function correctionRow(one: FocusCorrection, frame: FocusFrame): string[] {
  const amount = formatYuan(one.amount);
  return row({
    ...billingCells(one.account, frame),
    ...service({ publisher: one.publisher, issuer: frame.platform }, frame),
    ...periodCells(one.at, one.at.add({ seconds: 1 })),
    ...{ ChargeCategory: one.ofEarlierPeriod ? "Usage" : "Adjustment" },
    ...{ ChargeClass: one.ofEarlierPeriod ? "Correction" : "", ChargeFrequency: "One-Time" },
    ChargeDescription: one.what,
    ...{ BilledCost: amount, EffectiveCost: amount, ContractedCost: amount, ListCost: amount },
    ...{ [recipientColumn]: frame.platform, x_Run: one.run ?? "", InvoiceId: one.invoice ?? "" },
  });
}

const unit = "Card-Seconds";
const meter = "Cards held, second by second";
/** Of the price for one card: the specification's name for how many cards there are, and ours. */
const detailsOf = (model: CardModelId) => JSON.stringify({ GpuCount: 1, x_CardModel: model });
/** Decimals of a price for a card-second: so many that a cost is right to the micro-yuan. */
const unitScale = 15;

/** In 10^-15 yuan for a card-second, rounded down. */
const unitPriceOf = (price: MicroYuan, seconds: CardSeconds): bigint =>
  seconds === 0n ? 0n : divide(price * 10n ** BigInt(unitScale - 6), seconds, "down");

/**
 * In yuan to the fen, rounded down: what a charge was raised to a whole micro-yuan by does not make
 * another price of it.
 */
const perCardHour = (price: MicroYuan, seconds: CardSeconds): string =>
  formatYuan(
    seconds === 0n ? noMoney : downToFen(microYuan(divide(price * 3600n, seconds, "down"))),
  );

const row = (cells: Cells): string[] => focusHeader.map((column) => cells[column] ?? "");

const cellsOf = (charge: FocusCharge, frame: FocusFrame): Cells => ({
  ...billingCells(charge.account, frame),
  ...service({ publisher: charge.publisher, issuer: charge.paidTo ?? frame.platform }, frame),
  ...periodCells(charge.from, charge.until),
  AvailabilityZone: charge.region?.centre ?? "",
  ...{ RegionId: charge.region?.place ?? "", RegionName: charge.region?.place ?? "" },
  ...{ ResourceId: charge.pool, ResourceType: "Pool of cards" },
  ...{ x_Emulated: charge.emulated ? "true" : "false", InvoiceId: charge.invoice ?? "" },
  [recipientColumn]: charge.paidTo ?? frame.platform,
});

const billingCells = ({ id, name }: FocusCharge["account"], { billing }: FocusFrame): Cells => ({
  ...{ BillingAccountId: id, BillingAccountName: name, BillingCurrency: "CNY" },
  ...{ BillingPeriodStart: inSeconds(billing.from), BillingPeriodEnd: inSeconds(billing.until) },
});

const service = (
  { publisher, issuer }: { publisher: string; issuer: string },
  { platform }: FocusFrame,
): Cells => ({
  ...{ InvoiceIssuerName: issuer, ProviderName: platform, PublisherName: publisher },
  ...{ ServiceName: "Card time", ServiceCategory: "Compute" },
  ServiceSubcategory: "Other (Compute)",
});

/** Whole seconds, the end rounded up and after the start: a charge's period is never empty. */
function periodCells(from: Temporal.Instant, until: Temporal.Instant): Cells {
  const start = from.round({ smallestUnit: "second", roundingMode: "floor" });
  const end = until.round({ smallestUnit: "second", roundingMode: "ceil" });
  const isEmpty = Temporal.Instant.compare(start, end) >= 0;
  return {
    ChargePeriodStart: inSeconds(start),
    ChargePeriodEnd: inSeconds(isEmpty ? start.add({ seconds: 1 }) : end),
  };
}

const inSeconds = (at: Temporal.Instant): string => at.toString({ smallestUnit: "second" });
