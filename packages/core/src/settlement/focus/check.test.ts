import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { focusChecker, focusColumns } from "../index.ts";
import { recommended, requirements, type FocusRule } from "./requirements.ts";

/** Usage at a price, with everything that FOCUS has a column for: it keeps every rule. */
const usage = {
  AvailabilityZone: "zone-1",
  BilledCost: "0",
  BillingAccountId: "acme",
  BillingAccountName: "爱科米",
  BillingAccountType: "Tenant",
  BillingCurrency: "CNY",
  BillingPeriodEnd: "2026-11-30T16:00:00Z",
  BillingPeriodStart: "2026-10-31T16:00:00Z",
  CapacityReservationId: "reserved-1",
  CapacityReservationStatus: "Used",
  ChargeCategory: "Usage",
  ChargeClass: "",
  ChargeDescription: "An hour of 8 cards",
  ChargeFrequency: "Usage-Based",
  ChargePeriodEnd: "2026-11-03T10:00:00Z",
  ChargePeriodStart: "2026-11-03T09:00:00Z",
  CommitmentDiscountCategory: "Spend",
  CommitmentDiscountId: "plan-1",
  CommitmentDiscountName: "Plan",
  CommitmentDiscountQuantity: "8",
  CommitmentDiscountStatus: "Used",
  CommitmentDiscountType: "Yearly",
  CommitmentDiscountUnit: "Card-Hours",
  ConsumedQuantity: "8",
  ConsumedUnit: "Card-Hours",
  ContractedCost: "40",
  ContractedUnitPrice: "5",
  EffectiveCost: "36",
  InvoiceId: "2026-11-1",
  InvoiceIssuerName: "Lake Region",
  ListCost: "48",
  ListUnitPrice: "6",
  PricingCategory: "Committed",
  PricingCurrency: "Lake Tokens",
  PricingCurrencyContractedUnitPrice: "50",
  PricingCurrencyEffectiveCost: "360",
  PricingCurrencyListUnitPrice: "60",
  PricingQuantity: "8",
  PricingUnit: "Card-Hours",
  ProviderName: "Lake Region",
  PublisherName: "Lowland",
  RegionId: "east",
  RegionName: "East",
  ResourceId: "pool-1",
  ResourceName: "Pool 1",
  ResourceType: "Pool",
  ServiceCategory: "Compute",
  ServiceName: "Card time",
  ServiceSubcategory: "Other (Compute)",
  SkuId: "a100",
  SkuMeter: "Card time",
  SkuPriceDetails: '{"GpuCount":1,"DiskType":"SSD","x_CardModel":"a100","x_None":null}',
  SkuPriceId: "a100/6",
  SubAccountId: "vision",
  SubAccountName: "Vision",
  SubAccountType: "Project",
  Tags: '{"team":"a","cost":1,"none":null,"team:b":true}',
  x_PaymentRecipient: "Lake Region",
};
type Cells = Partial<Record<keyof typeof usage, string>>;
const noPrice: Cells = {
  ...{ ConsumedQuantity: "", ConsumedUnit: "", PricingQuantity: "", PricingUnit: "" },
  ...{ SkuId: "", SkuMeter: "", SkuPriceId: "", SkuPriceDetails: "", PricingCategory: "" },
  ...{ ListUnitPrice: "", ContractedUnitPrice: "", PricingCurrencyListUnitPrice: "" },
  PricingCurrencyContractedUnitPrice: "",
};
const noCommitment: Cells = {
  ...{ CommitmentDiscountCategory: "", CommitmentDiscountId: "", CommitmentDiscountName: "" },
  ...{ CommitmentDiscountQuantity: "", CommitmentDiscountStatus: "" },
  ...{ CommitmentDiscountType: "", CommitmentDiscountUnit: "" },
};
/** Rows of other kinds, each as what differs from the usage. */
const kinds = {
  usage: {},
  unused: {
    ...{ CommitmentDiscountStatus: "Unused", ConsumedQuantity: "", ConsumedUnit: "" },
    ResourceId: "plan-1",
  },
  purchase: {
    ...{ ChargeCategory: "Purchase", ChargeFrequency: "Recurring", PricingCategory: "Standard" },
    ...{ ConsumedQuantity: "", ConsumedUnit: "", CommitmentDiscountStatus: "" },
    ...{ BilledCost: "40", EffectiveCost: "0", PricingCurrencyEffectiveCost: "0" },
    ...{ CapacityReservationStatus: "", ResourceId: "plan-1" },
  },
  credit: {
    ...noPrice,
    ...noCommitment,
    ...{ ChargeCategory: "Credit", ChargeFrequency: "One-Time" },
    ...{ BilledCost: "-9", EffectiveCost: "-9", ListCost: "-9", ContractedCost: "-9" },
  },
  tax: {
    ...noPrice,
    ...noCommitment,
    ...{ ChargeCategory: "Tax", ChargeFrequency: "One-Time", BilledCost: "2.4" },
  },
  correction: {
    ...{ ChargeClass: "Correction", ConsumedQuantity: "", ConsumedUnit: "", ListCost: "-1" },
    ...{ PricingCategory: "", SkuMeter: "", SkuId: "", SkuPriceId: "", SkuPriceDetails: "" },
    ...{ ListUnitPrice: "", CommitmentDiscountQuantity: "", CommitmentDiscountUnit: "" },
  },
} as const satisfies Record<string, Cells>;
type Kind = keyof typeof kinds;

const header = Object.keys(usage);
const rowOf = (kind: Kind, differs: Cells = {}) =>
  Object.values({ ...usage, ...kinds[kind], ...differs });
const found = (columns: readonly string[], ...rows: readonly string[][]) => {
  const checker = focusChecker(columns);
  return [...checker.header, ...rows.flatMap((row, i) => checker.row(i + 1, row))];
};
const said = (problems: ReturnType<typeof found>) =>
  problems.map(({ row, column, rule }) => `${row} ${column} ${rule}`);

/** Each spoils a good row of its kind, and names what must be told of it. */
const spoils: readonly [FocusRule, Kind, Cells, column: string][] = [
  ["not-null", "usage", { BilledCost: "" }, "BilledCost"],
  ["not-null", "usage", { PricingCurrency: "" }, "PricingCurrency"],
  ["not-null", "usage", { PricingCurrencyEffectiveCost: "" }, "PricingCurrencyEffectiveCost"],
  ["not-null", "usage", { ChargeFrequency: "" }, "ChargeFrequency"],
  ["placeholder", "usage", { BillingAccountId: " " }, "BillingAccountId"],
  ["placeholder", "usage", { ResourceName: "Not Applicable" }, "ResourceName"],
  ["string-format", "usage", { ServiceName: "Card \u{fffd}" }, "ServiceName"],
  ["decimal-format", "usage", { BilledCost: "¥48" }, "BilledCost"],
  ["decimal-format", "usage", { BilledCost: "1,048.00" }, "BilledCost"],
  ["decimal-format", "usage", { BilledCost: "+48" }, "BilledCost"],
  ["decimal-format", "usage", { BilledCost: "48E+3" }, "BilledCost"],
  ["decimal-format", "usage", { BilledCost: "1/2" }, "BilledCost"],
  ["instant-format", "usage", { BillingPeriodStart: "2026-11-01" }, "BillingPeriodStart"],
  ["instant-format", "usage", { ChargePeriodEnd: "2026-11-31T00:00:00Z" }, "ChargePeriodEnd"],
  ["instant-format", "usage", { ChargePeriodEnd: "2026-11-04T00:00:00.5Z" }, "ChargePeriodEnd"],
  ["instant-format", "usage", { ChargePeriodEnd: "2026-11-04T08:00:00+08:00" }, "ChargePeriodEnd"],
  ["currency-format", "usage", { BillingCurrency: "yuan" }, "BillingCurrency"],
  ["currency-format", "usage", { BillingCurrency: "RMB" }, "BillingCurrency"],
  ["currency-format", "usage", { PricingCurrency: "usd" }, "PricingCurrency"],
  ["json-format", "usage", { Tags: '{"team":{"a":1}}' }, "Tags"],
  ["json-format", "usage", { Tags: '{"team":1,"team":2}' }, "Tags"],
  ["json-format", "usage", { Tags: "team=a" }, "Tags"],
  ["unit-format", "usage", { ConsumedUnit: "card hours" }, "ConsumedUnit"],
  ["unit-format", "usage", { PricingUnit: "Gigabyte-Hours" }, "PricingUnit"],
  ["unit-format", "usage", { CommitmentDiscountUnit: "Card-Hour" }, "CommitmentDiscountUnit"],
  ["allowed-values", "usage", { CapacityReservationStatus: "used" }, "CapacityReservationStatus"],
  ["allowed-values", "usage", { ChargeCategory: "Used" }, "ChargeCategory"],
  ["allowed-values", "usage", { ChargeClass: "correction" }, "ChargeClass"],
  ["allowed-values", "usage", { ChargeFrequency: "Daily" }, "ChargeFrequency"],
  ["allowed-values", "usage", { CommitmentDiscountCategory: "Time" }, "CommitmentDiscountCategory"],
  ["allowed-values", "usage", { CommitmentDiscountStatus: "Active" }, "CommitmentDiscountStatus"],
  ["allowed-values", "usage", { PricingCategory: "On-Demand" }, "PricingCategory"],
  ["allowed-values", "usage", { ServiceCategory: "Computing" }, "ServiceCategory"],
  ["allowed-values", "usage", { ServiceSubcategory: "Cards" }, "ServiceSubcategory"],
  ["subcategory", "usage", { ServiceCategory: "Storage" }, "ServiceSubcategory"],
  ["period-order", "usage", { BillingPeriodEnd: "2026-10-31T16:00:00Z" }, "BillingPeriodEnd"],
  ["period-order", "usage", { ChargePeriodEnd: "2026-11-03T09:00:00Z" }, "ChargePeriodEnd"],
  ["purchase-frequency", "purchase", { ChargeFrequency: "Usage-Based" }, "ChargeFrequency"],
  ["consumption", "usage", { ConsumedQuantity: "" }, "ConsumedQuantity"],
  ["consumption", "usage", { ConsumedUnit: "" }, "ConsumedUnit"],
  ["consumption", "credit", { ConsumedQuantity: "1", ConsumedUnit: "Cards" }, "ConsumedQuantity"],
  ["consumption", "unused", { ConsumedQuantity: "1", ConsumedUnit: "Cards" }, "ConsumedQuantity"],
  ["consumption", "credit", { ConsumedUnit: "Cards" }, "ConsumedUnit"],
  ["pricing-unit", "usage", { PricingUnit: "" }, "PricingUnit"],
  ["pricing-unit", "credit", { PricingUnit: "Cards" }, "PricingUnit"],
  ...(
    [
      ...["ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingQuantity", "SkuId"],
      ...["PricingCurrencyContractedUnitPrice", "PricingCurrencyListUnitPrice", "SkuPriceId"],
    ] as (keyof typeof usage)[]
  ).flatMap((column): [FocusRule, Kind, Cells, string][] => [
    ["priced-charge", "usage", { [column]: "" }, column],
    ["priced-charge", "purchase", { [column]: "" }, column],
    ["tax-has-no-price", "tax", { [column]: usage[column] }, column],
  ]),
  ["unit-price-times-quantity", "usage", { ContractedCost: "40.01" }, "ContractedCost"],
  ["unit-price-times-quantity", "usage", { ListUnitPrice: "2" }, "ListCost"],
  ["unit-price-times-quantity", "usage", { PricingQuantity: "9" }, "ListCost"],
  ["unit-price-below-zero", "correction", { ListUnitPrice: "-1" }, "ListUnitPrice"],
  ["unit-price-below-zero", "usage", { ContractedUnitPrice: "-1" }, "ContractedUnitPrice"],
  [
    ...(["unit-price-below-zero", "usage", { PricingCurrencyListUnitPrice: "-1" }] as const),
    "PricingCurrencyListUnitPrice",
  ],
  ["credit-cost", "credit", { EffectiveCost: "0" }, "EffectiveCost"],
  ["credit-cost", "credit", { ContractedCost: "1" }, "ContractedCost"],
  ["credit-cost", "credit", { ListCost: "1" }, "ListCost"],
  ["prepaid-purchase", "purchase", { EffectiveCost: "40" }, "EffectiveCost"],
  [
    ...(["prepaid-purchase", "purchase", { PricingCurrencyEffectiveCost: "1" }] as const),
    "PricingCurrencyEffectiveCost",
  ],
  ["third-party-payment", "purchase", { x_PaymentRecipient: "Lowland" }, "BilledCost"],
  [
    ...(["third-party-payment", "purchase"] as const),
    { x_PaymentRecipient: "", InvoiceIssuerName: "Reseller" },
    "BilledCost",
  ],
  ["committed", "usage", { PricingCategory: "Standard" }, "PricingCategory"],
  ["committed", "credit", { PricingCategory: "Committed" }, "PricingCategory"],
  [
    "commitment-quantity",
    "usage",
    { CommitmentDiscountQuantity: "" },
    "CommitmentDiscountQuantity",
  ],
  [
    ...(["commitment-quantity", "credit", { CommitmentDiscountQuantity: "1" }] as const),
    "CommitmentDiscountQuantity",
  ],
  ["commitment-unit", "usage", { CommitmentDiscountUnit: "" }, "CommitmentDiscountUnit"],
  ["commitment-unit", "credit", { CommitmentDiscountUnit: "Cards" }, "CommitmentDiscountUnit"],
  ["commitment-resource", "unused", { ResourceId: "pool-1" }, "ResourceId"],
  ["commitment-resource", "purchase", { ResourceId: "pool-1" }, "ResourceId"],
  ["unused-commitment", "purchase", { CommitmentDiscountStatus: "Unused" }, "ChargeCategory"],
  ...(
    [
      ...["BillingAccountType", "CapacityReservationStatus", "CommitmentDiscountCategory"],
      ...["CommitmentDiscountStatus", "CommitmentDiscountType", "RegionName", "ResourceType"],
      ...["SubAccountName", "SubAccountType"],
    ] as (keyof typeof usage)[]
  ).map((column): [FocusRule, Kind, Cells, string] => {
    return ["beside-its-id", "usage", { [column]: "" }, column];
  }),
  ...(
    [
      ...[
        ["CapacityReservationId", "CapacityReservationStatus"],
        ["RegionId", "RegionName"],
      ],
      ...[
        ["CommitmentDiscountId", "CommitmentDiscountName"],
        ["ResourceId", "ResourceName"],
      ],
      ...[
        ["CommitmentDiscountId", "CommitmentDiscountCategory"],
        ["SkuId", "SkuMeter"],
      ],
      ...[
        ["CommitmentDiscountId", "CommitmentDiscountType"],
        ["SkuId", "SkuPriceId"],
      ],
      ...[
        ["CommitmentDiscountId", "CommitmentDiscountStatus"],
        ["SubAccountId", "SubAccountName"],
      ],
      ...[
        ["SkuPriceId", "SkuPriceDetails"],
        ["SubAccountId", "SubAccountType"],
      ],
      ...[["ResourceId", "ResourceType"]],
    ] as [keyof typeof usage, keyof typeof usage][]
  ).map(([id, column]): [FocusRule, Kind, Cells, string] => {
    return ["without-its-id", "usage", { [id]: "" }, column];
  }),
  ["sku-meter", "usage", { SkuMeter: "" }, "SkuMeter"],
  ["no-description", "usage", { ChargeDescription: "" }, "ChargeDescription"],
  ["details-key", "usage", { SkuPriceDetails: '{"gpuCount":1}' }, "SkuPriceDetails"],
  ["details-case", "usage", { SkuPriceDetails: '{"x_card":"a100"}' }, "SkuPriceDetails"],
  ["details-type", "usage", { SkuPriceDetails: '{"GpuCount":"1"}' }, "SkuPriceDetails"],
];

/** Each is a row behind a good one, with which it does not agree. */
const disagreeing: readonly [FocusRule, Cells, column: string][] = [
  ["one-to-one", { ServiceName: "Card time", ServiceCategory: "Storage" }, "ServiceCategory"],
  ["one-to-one", { SkuId: "h100" }, "SkuId"],
  ["one-to-one", { BillingAccountId: "north" }, "BillingAccountId"],
  ["one-to-one", { CommitmentDiscountUnit: "Cards" }, "CommitmentDiscountUnit"],
  ["one-to-one-recommended", { ServiceSubcategory: "Virtual Machines" }, "ServiceSubcategory"],
  ["one-to-one-recommended", { SkuMeter: "Cards" }, "SkuMeter"],
];

/** Each is a header. */
const headers: readonly [FocusRule, readonly string[], column: string][] = [
  ["column-missing", header.filter((name) => name !== "BilledCost"), "BilledCost"],
  ["column-recommended", header.filter((name) => name !== "InvoiceId"), "InvoiceId"],
  ["column-recommended", header.filter((name) => name !== "ChargeFrequency"), "ChargeFrequency"],
  ["column-beside", header.filter((name) => name !== "SkuMeter"), "SkuMeter"],
  [
    ...(["column-beside", header.filter((name) => name !== "CommitmentDiscountUnit")] as const),
    "CommitmentDiscountUnit",
  ],
  ["column-beside", header.filter((name) => name !== "ResourceName"), "ResourceName"],
  ["column-twice", [...header, "SkuId"], "SkuId"],
  ["column-unknown", [...header, "BiledCost"], "BiledCost"],
  ["column-unknown", [...header, "run"], "run"],
  ["column-name", [...header, "x_card_model"], "x_card_model"],
  ["column-name", [...header, `x_${"A".repeat(49)}`], `x_${"A".repeat(49)}`],
  ["column-order", ["x_Run", ...header], "x_Run"],
];

describe("the checker", () => {
  test("says nothing of good rows of every kind", () => {
    expect(Object.keys(usage)).toEqual([...Object.keys(focusColumns), "x_PaymentRecipient"]);
    const rows = (Object.keys(kinds) as Kind[]).map((kind) => rowOf(kind));
    expect(found(header, ...rows)).toEqual([]);
  });

  test.each(spoils)("tells %s of %s with %j in %s", (rule, kind, differs, column) => {
    expect(said(found(header, rowOf(kind, differs)))).toContain(`1 ${column} ${rule}`);
  });

  test.each(disagreeing)("tells %s of a second row with %j in %s", (rule, differs, column) => {
    const told = said(found(header, rowOf("usage"), rowOf("usage", differs)));
    expect(told).toContain(`2 ${column} ${rule}`);
  });

  test.each(headers)("tells %s of a header: %#, in column %3$s", (rule, columns, column) => {
    expect(said(found(columns))).toContain(`0 ${column} ${rule}`);
  });

  test("tells every mandatory column that is left out, and what a wrong name may mean", () => {
    for (const [name, { level }] of Object.entries(focusColumns)) {
      const told = said(found(header.filter((one) => one !== name)));
      const isTold = told.includes(`0 ${name} column-missing`);
      expect([name, isTold]).toEqual([name, level === "mandatory"]);
    }
    const whyOf = (column: string) => found([...header, column]).at(-1)!.why;
    expect(whyOf("BiledCost")).toBe("is no column of FOCUS 1.2; did you mean BilledCost?");
    expect(whyOf("PaymentRecipient")).toContain("did you mean x_PaymentRecipient?");
    expect(whyOf("run")).toContain("start it with x_");
  });

  test("a cost may be rounded to its decimals, or off by what floating point is off", () => {
    const costs = { PricingQuantity: "3", ConsumedQuantity: "3", ContractedUnitPrice: "0.333333" };
    const ofList = { ListUnitPrice: "1e-1", ListCost: "0.30000000000000004" };
    for (const cost of ["0.999999", "1.00", "1", "1e0"]) {
      const row = rowOf("usage", { ...costs, ...ofList, ContractedCost: cost });
      expect([cost, ...said(found(header, row))]).toEqual([cost]);
    }
    const row = rowOf("usage", { ...costs, ...ofList, ContractedCost: "1.000000" });
    expect(said(found(header, row))).toEqual(["1 ContractedCost unit-price-times-quantity"]);
  });

  test("what is only recommended is advice, and so marked", () => {
    const [advice] = found(header, rowOf("usage", { SkuMeter: "" }));
    expect(advice).toMatchObject({ rule: "sku-meter", isAdvice: true });
    const [breach] = found(header, rowOf("usage", { BilledCost: "" }));
    expect(breach).toMatchObject({ rule: "not-null", isAdvice: false });
  });

  test("whatever stands in the cells, problems are told and nothing is thrown", () => {
    const cell = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.constantFrom(
        "",
        "1E60",
        "-1e-60",
        "9".repeat(60),
        "0000-00-00T00:00:00Z",
        '{"__proto__":1}',
      ),
    );
    const cells = fc.array(fc.tuple(fc.constantFrom(...header), cell), { maxLength: 20 });
    fc.assert(
      fc.property(cells, fc.constantFrom(...(Object.keys(kinds) as Kind[])), (spoilt, kind) => {
        const row = rowOf(kind, Object.fromEntries(spoilt));
        for (const { column, rule, why } of found(header, row, row)) {
          expect(header).toContain(column);
          expect(rule).not.toBe("row-length");
          expect(why).not.toBe("");
        }
      }),
    );
  });

  test("a row of another length is told once", () => {
    expect(said(found(header, rowOf("usage").slice(1)))).toEqual(["1  row-length"]);
  });

  test.each([
    ...["GB", "Tokens", "1000 Tokens", "GB-Hours", "GiB-Months", "GB/Hour", "Units/3 Months", "b"],
    ...["Card-Seconds", "Requests/Day", "Seconds", "Virtual Machine-Hours"],
  ])("%j is a unit", (unit) => {
    expect(found(header, rowOf("usage", { ConsumedUnit: unit }))).toEqual([]);
  });
  test.each([
    ...["gb", "GB-hours", "GB-Hour", "GB/Hours", "Units/3 Month", "1.5 Tokens", "tokens", "0 GB"],
    ...["Gigabytes", "GB/GB", "Hour", "GB per Hour", "A-B-Hours", "GB-Cards"],
  ])("%j is none", (unit) => {
    const told = said(found(header, rowOf("usage", { ConsumedUnit: unit })));
    expect(told).toEqual(["1 ConsumedUnit unit-format"]);
  });
});

/** How many requirements the model of version 1.2 has of each, CostAndUsage-D aside. */
const inModel: Readonly<Record<string, number>> = {
  ...{ AvailabilityZone: 3, BilledCost: 7, BillingAccountId: 5, BillingAccountName: 3 },
  ...{ BillingAccountType: 6, BillingCurrency: 6, BillingPeriodEnd: 4, BillingPeriodStart: 4 },
  ...{ CapacityReservationId: 9, CapacityReservationStatus: 8, ChargeCategory: 3, ChargeClass: 5 },
  ...{ ChargeDescription: 4, ChargeFrequency: 4, ChargePeriodEnd: 4, ChargePeriodStart: 4 },
  ...{ CommitmentDiscountCategory: 5, CommitmentDiscountId: 8, CommitmentDiscountName: 7 },
  ...{ CommitmentDiscountQuantity: 15, CommitmentDiscountStatus: 5, CommitmentDiscountType: 5 },
  ...{ CommitmentDiscountUnit: 10, ConsumedQuantity: 8, ConsumedUnit: 6, ContractedCost: 10 },
  ...{ ContractedUnitPrice: 12, EffectiveCost: 13, InvoiceId: 7, InvoiceIssuerName: 3 },
  ...{ ListCost: 10, ListUnitPrice: 11, PricingCategory: 11, PricingCurrency: 4 },
  ...{ PricingCurrencyContractedUnitPrice: 10, PricingCurrencyEffectiveCost: 6 },
  ...{ PricingCurrencyListUnitPrice: 10, PricingQuantity: 10, PricingUnit: 9, ProviderName: 3 },
  ...{ PublisherName: 3, RegionId: 5, RegionName: 5, ResourceId: 8, ResourceName: 6 },
  ...{ ResourceType: 5, ServiceCategory: 3, ServiceName: 9, ServiceSubcategory: 4, SkuId: 12 },
  ...{ SkuMeter: 6, SkuPriceDetails: 22, SkuPriceId: 15, SubAccountId: 5, SubAccountName: 5 },
  ...{ SubAccountType: 6, Tags: 17 },
  ...{ ColumnHandling: 14, CurrencyFormat: 2, DateTimeFormat: 6, DiscountHandling: 20 },
  ...{ KeyValueFormat: 4, NullHandling: 2, NumericFormat: 13, StringHandling: 8, UnitFormat: 4 },
};

describe("the requirements of FOCUS 1.2", () => {
  test("are each checked, or it is said why not", () => {
    const counted = Object.entries(requirements).map(([name, all]) => [name, all.length]);
    expect(Object.fromEntries(counted)).toEqual(inModel);
    expect(Object.keys(inModel)).toEqual(expect.arrayContaining(Object.keys(focusColumns)));
  });

  test("every rule is one of them, and is broken by a test above", () => {
    const checked = new Set(
      Object.values(requirements)
        .flat()
        .filter((one) => typeof one === "string"),
    );
    const broken = new Set([...spoils, ...disagreeing, ...headers].map(([rule]) => rule));
    expect([...checked].filter((rule) => !broken.has(rule))).toEqual([]);
    // Whether a column is there is its level; the others are of files, not of the specification.
    const ofFiles = ["column-beside", "column-missing", "column-recommended", "column-twice"];
    expect([...broken].filter((rule) => !checked.has(rule)).toSorted()).toEqual(ofFiles);
    expect([...recommended].filter((rule) => !broken.has(rule))).toEqual([]);
  });
});
