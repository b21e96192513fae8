/*
 * What FOCUS 1.2 requires, requirement by requirement, and what becomes of it here: the rule of the
 * checker that it is checked by, or why no reader of one file can check it. The numbers are those
 * of the specification's requirements model, version 1.2: the first entry of BilledCost is
 * BilledCost-C-001, the first of NullHandling is NullHandling-A-001. Whether a column is there at
 * all (CostAndUsage-D) goes by its `level` and its family in columns.ts; what a provider supports
 * beyond what its file shows, only it knows.
 */

/** What the checker tells of. */
export type FocusRule =
  | FormatRule
  | ColumnRule
  | CostRule
  | CommitmentRule
  | "allowed-values"
  | "beside-its-id"
  | "consumption"
  | "details-case"
  | "details-key"
  | "details-type"
  | "no-description"
  | "not-null"
  | "one-to-one"
  | "one-to-one-recommended"
  | "period-order"
  | "placeholder"
  | "pricing-unit"
  | "purchase-frequency"
  | "row-length"
  | "sku-meter"
  | "subcategory"
  | "without-its-id";
type FormatRule =
  | "currency-format"
  | "decimal-format"
  | "instant-format"
  | "json-format"
  | "string-format"
  | "unit-format";
type ColumnRule =
  | "column-beside"
  | "column-missing"
  | "column-name"
  | "column-order"
  | "column-recommended"
  | "column-twice"
  | "column-unknown";
type CostRule =
  | "credit-cost"
  | "prepaid-purchase"
  | "priced-charge"
  | "tax-has-no-price"
  | "third-party-payment"
  | "unit-price-below-zero"
  | "unit-price-times-quantity";
type CommitmentRule =
  | "commitment-quantity"
  | "commitment-resource"
  | "commitment-unit"
  | "committed"
  | "unused-commitment";

/** Rules of what the specification recommends, and does not require. */
export const recommended: ReadonlySet<FocusRule> = new Set([
  ...(["column-name", "column-order", "column-recommended"] as const),
  ...(["details-case", "no-description", "one-to-one-recommended"] as const),
  ...(["sku-meter", "unit-format"] as const),
]);

/** Why a requirement is not checked. */
export interface Unchecked {
  readonly why: string;
}

const not = {
  group: { why: "it only gathers the requirements behind it" },
  may: { why: "it allows something, so nothing breaks it" },
  known: { why: "only who made the file knows" },
  others: { why: "it needs the files of other months, accounts or contracts" },
  invoices: { why: "it needs the invoices" },
  prices: { why: "it needs the price list" },
  currency: { why: "an amount does not say in which currency it is" },
  related: { why: "a row does not say of which other charges it is made" },
  term: { why: "it needs every row of a commitment's whole term" },
  documents: { why: "it is about what the provider publishes beside the file" },
} as const satisfies Record<string, Unchecked>;

const text = "string-format";
const number = "decimal-format";
const instant = "instant-format";
/** The names of FOCUS's own columns are right wherever no column is unknown. */
const ownName = "column-unknown";
const order = "column-order";

/** A column whose unit price × quantity is a cost; from its nullability on. */
const ofUnitPrice = [
  ...([not.group, "tax-has-no-price", "priced-charge", not.may, not.group] as const),
  ...(["unit-price-below-zero", not.currency] as const),
] as const;
/** Of a cost at a unit price. */
const ofCost = [
  ...([number, number, "not-null", number, not.currency, not.group, not.related] as const),
  ...(["credit-cost", "unit-price-times-quantity", not.may] as const),
] as const;
const ofPeriod = [instant, instant, "not-null", "period-order"] as const;
const ofName = [text, text, "not-null"] as const;
/** Empty where another column is, and only there. */
const withItsId = [text, text, not.group, "without-its-id", "beside-its-id"] as const;

export const requirements: Readonly<Record<string, readonly (FocusRule | Unchecked)[]>> = {
  AvailabilityZone: [text, text, not.known],
  BilledCost: [
    ...([number, number, "not-null", number, "third-party-payment"] as const),
    ...[not.currency, not.invoices],
  ],
  BillingAccountId: ["not-null", text, text, not.known, not.known],
  BillingAccountName: [text, text, not.known],
  BillingAccountType: [text, text, not.group, "not-null", "beside-its-id", not.known],
  BillingCurrency: [text, text, "currency-format", "not-null", not.invoices, "currency-format"],
  BillingPeriodEnd: ofPeriod,
  BillingPeriodStart: ofPeriod,
  CapacityReservationId: [
    ...([text, text, not.group, not.known, "without-its-id", not.known] as const),
    ...[not.group, not.known, not.known],
  ],
  CapacityReservationStatus: [
    ...([text, not.group, "without-its-id", "beside-its-id", not.group] as const),
    ...(["allowed-values", not.known, not.known] as const),
  ],
  ChargeCategory: [text, "not-null", "allowed-values"],
  ChargeClass: [text, not.group, not.others, not.others, "allowed-values"],
  ChargeDescription: [text, text, "no-description", not.documents],
  ChargeFrequency: [text, "not-null", "allowed-values", "purchase-frequency"],
  ChargePeriodEnd: ofPeriod,
  ChargePeriodStart: ofPeriod,
  CommitmentDiscountCategory: [
    ...([text, not.group, "without-its-id", "beside-its-id", "allowed-values"] as const),
  ],
  CommitmentDiscountId: [
    ...([text, text, not.group, not.known, "committed", not.group, not.known, not.known] as const),
  ],
  CommitmentDiscountName: [
    ...([text, text, not.group, "without-its-id", not.group, not.known, not.may] as const),
  ],
  CommitmentDiscountQuantity: [
    ...([number, number, not.group, not.group, "commitment-quantity", not.may] as const),
    ...(["commitment-quantity", not.group, number, not.group, not.known, not.known] as const),
    ...[not.group, not.known, not.known],
  ],
  CommitmentDiscountStatus: [
    ...([text, not.group, "without-its-id", "beside-its-id", "allowed-values"] as const),
  ],
  CommitmentDiscountType: withItsId,
  CommitmentDiscountUnit: [
    ...([text, text, "unit-format", not.group, "commitment-unit", "commitment-unit"] as const),
    ...([not.group, "one-to-one", not.known, not.known] as const),
  ],
  ConsumedQuantity: [
    ...([number, number, not.group, "consumption", not.group, "consumption", not.may] as const),
    number,
  ],
  ConsumedUnit: [text, text, "unit-format", not.group, "consumption", "consumption"],
  ContractedCost: ofCost,
  ContractedUnitPrice: [
    ...([not.group, number, number, ...ofUnitPrice] as const),
    ...(["unit-price-times-quantity", not.may] as const),
  ],
  EffectiveCost: [
    ...([number, number, "not-null", number, "prepaid-purchase", not.currency] as const),
    ...([not.may, not.group, not.related, "credit-cost", not.group, not.term] as const),
    "beside-its-id",
  ],
  InvoiceId: [text, text, not.group, not.invoices, not.invoices, not.may, "one-to-one"],
  InvoiceIssuerName: ofName,
  ListCost: ofCost,
  ListUnitPrice: [number, number, ...ofUnitPrice, "unit-price-times-quantity", not.may],
  PricingCategory: [
    ...([text, not.group, "tax-has-no-price", "priced-charge", not.may, not.group] as const),
    ...(["allowed-values", not.known, "committed", not.known, not.known] as const),
  ],
  PricingCurrency: [text, text, "currency-format", "not-null"],
  PricingCurrencyContractedUnitPrice: [number, number, ...ofUnitPrice, not.may],
  PricingCurrencyEffectiveCost: [
    ...([number, number, "not-null", number, "prepaid-purchase", not.currency] as const),
  ],
  PricingCurrencyListUnitPrice: [number, number, ...ofUnitPrice, not.may],
  PricingQuantity: [
    ...([number, number, not.group, "tax-has-no-price", "priced-charge", not.may] as const),
    ...([not.group, number, "unit-price-times-quantity", not.may] as const),
  ],
  PricingUnit: [
    ...([text, text, "unit-format", not.group, "pricing-unit", "pricing-unit"] as const),
    ...[not.group, not.prices, not.invoices],
  ],
  ProviderName: ofName,
  PublisherName: ofName,
  RegionId: [text, text, not.group, not.known, not.may],
  RegionName: withItsId,
  ResourceId: [
    ...([text, text, not.group, not.known, not.known, not.group, not.known, not.known] as const),
  ],
  ResourceName: [text, text, not.group, "without-its-id", not.known, not.known],
  ResourceType: withItsId,
  ServiceCategory: [text, "not-null", "allowed-values"],
  ServiceName: [
    ...([text, text, "not-null", not.group, "one-to-one", not.known, not.group] as const),
    ...(["one-to-one-recommended", not.known] as const),
  ],
  ServiceSubcategory: [text, "not-null", "allowed-values", "subcategory"],
  SkuId: [
    ...([text, text, not.group, "tax-has-no-price", "priced-charge", not.may] as const),
    ...[not.group, not.others, not.others, not.known, not.known, not.may],
  ],
  SkuMeter: [
    ...([text, text, not.group, "without-its-id", "sku-meter", "one-to-one-recommended"] as const),
  ],
  SkuPriceDetails: [
    ...(["json-format", "details-case", not.group, "without-its-id", not.may] as const),
    ...([not.group, "without-its-id", not.known, not.known, not.known, not.may] as const),
    ...([not.group, not.others, not.others, not.may, not.others, "details-key"] as const),
    ...([not.known, not.group, "details-key", "details-type", not.known] as const),
  ],
  SkuPriceId: [
    ...([text, text, not.group, "tax-has-no-price", "priced-charge", not.may] as const),
    ...([not.group, "one-to-one", not.others, not.others, not.may, not.known] as const),
    ...[not.prices, not.prices, not.prices],
  ],
  SubAccountId: [text, text, not.group, not.known, not.known],
  SubAccountName: withItsId,
  SubAccountType: [...withItsId, not.known],
  Tags: [
    ...(["json-format", not.may, not.group, not.known, not.known, not.known] as const),
    ...([not.may, not.known, not.documents, not.known, not.group, not.known] as const),
    ...[not.documents, not.group, not.known, not.known, not.known],
  ],
  // Attributes.
  ColumnHandling: [
    ...([ownName, ownName, ownName, ownName, ownName, ownName, not.may, "allowed-values"] as const),
    ...([not.group, ownName, "column-name", order, order, not.may] as const),
  ],
  CurrencyFormat: ["currency-format", text],
  DateTimeFormat: [instant, instant, not.group, instant, instant, instant],
  DiscountHandling: [
    ...([not.known, not.group, not.known, not.known, not.group, "committed", not.known] as const),
    ...([not.group, not.known, not.known, not.term, "commitment-resource", not.known] as const),
    ...([not.known, not.known, not.known, not.known, "unused-commitment"] as const),
    ...(["commitment-resource", not.known] as const),
  ],
  KeyValueFormat: ["json-format", "json-format", "json-format", "json-format"],
  NullHandling: [not.known, "placeholder"],
  NumericFormat: [
    ...([not.known, number, number, number, number, number, number, number, number] as const),
    ...([number, number, number, not.documents] as const),
  ],
  StringHandling: [
    ...([text, not.known, not.known, not.others, not.others, not.others] as const),
    ...(["placeholder", not.may] as const),
  ],
  UnitFormat: ["unit-format", "unit-format", "unit-format", "unit-format"],
};
