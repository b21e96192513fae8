/*
 * The columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification, focus.finops.org), as far as
 * a reader of a file needs to know them. In our own words; the specification decides. Which of its
 * requirements are checked, and why the others are not: requirements.ts.
 */

export interface FocusColumnRule {
  readonly level: "mandatory" | "conditional" | "recommended";
  readonly type: "decimal" | "string" | "instant" | "currency" | "json";
  /** Whether a row may have nothing in it. */
  readonly nulls: boolean;
  readonly values?: readonly string[];
}

const mandatory = (type: FocusColumnRule["type"], nulls = false): FocusColumnRule => {
  return { level: "mandatory", type, nulls };
};
const conditional = (
  type: FocusColumnRule["type"],
  values?: readonly string[],
): FocusColumnRule => ({ level: "conditional", type, nulls: true, ...(values && { values }) });

/** What a service is for, and within it the finer kinds. */
export const serviceCategories: Readonly<Record<string, readonly string[]>> = {
  "AI and Machine Learning": [
    ...["AI Platforms", "Bots", "Generative AI", "Machine Learning"],
    ...["Natural Language Processing", "Other (AI and Machine Learning)"],
  ],
  Analytics: [
    ...["Analytics Platforms", "Business Intelligence", "Data Processing", "Search"],
    ...["Streaming Analytics", "Other (Analytics)"],
  ],
  "Business Applications": ["Productivity and Collaboration", "Other (Business Applications)"],
  Compute: [
    ...["Containers", "End User Computing", "Quantum Compute", "Serverless Compute"],
    ...["Virtual Machines", "Other (Compute)"],
  ],
  Databases: [
    ...["Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases"],
    ...["Relational Databases", "Time Series Databases", "Other (Databases)"],
  ],
  "Developer Tools": [
    ...["Developer Platforms", "Continuous Integration and Deployment", "Development Environments"],
    ...["Source Code Management", "Quality Assurance", "Other (Developer Tools)"],
  ],
  Identity: ["Identity and Access Management", "Other (Identity)"],
  Integration: ["API Management", "Messaging", "Workflow Orchestration", "Other (Integration)"],
  "Internet of Things": ["IoT Analytics", "IoT Platforms", "Other (Internet of Things)"],
  "Management and Governance": [
    ...["Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery"],
    ...["Endpoint Management", "Observability", "Support", "Other (Management and Governance)"],
  ],
  Media: ["Content Creation", "Gaming", "Media Streaming", "Mixed Reality", "Other (Media)"],
  Migration: ["Data Migration", "Resource Migration", "Other (Migration)"],
  Mobile: ["Other (Mobile)"],
  Multicloud: ["Multicloud Integration", "Other (Multicloud)"],
  Networking: [
    ...["Application Networking", "Content Delivery", "Network Connectivity"],
    ...["Network Infrastructure", "Network Routing", "Network Security", "Other (Networking)"],
  ],
  Security: [
    ...["Secret Management", "Security Posture Management", "Threat Detection and Response"],
    "Other (Security)",
  ],
  Storage: [
    ...["Backup Storage", "Block Storage", "File Storage", "Object Storage"],
    ...["Storage Platforms", "Other (Storage)"],
  ],
  Web: ["Application Platforms", "Other (Web)"],
  Other: ["Other (Other)"],
};

/** Every column by its name, in the order of the alphabet. */
export const focusColumns = {
  AvailabilityZone: { level: "recommended", type: "string", nulls: true },
  BilledCost: mandatory("decimal"),
  BillingAccountId: mandatory("string"),
  BillingAccountName: mandatory("string", true),
  BillingAccountType: conditional("string"),
  BillingCurrency: mandatory("currency"),
  BillingPeriodEnd: mandatory("instant"),
  BillingPeriodStart: mandatory("instant"),
  CapacityReservationId: conditional("string"),
  CapacityReservationStatus: conditional("string", ["Used", "Unused"]),
  ChargeCategory: {
    ...mandatory("string"),
    values: ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
  },
  ChargeClass: { ...mandatory("string", true), values: ["Correction"] },
  ChargeDescription: mandatory("string", true),
  ChargeFrequency: {
    level: "recommended",
    type: "string",
    nulls: false,
    values: ["One-Time", "Recurring", "Usage-Based"],
  },
  ChargePeriodEnd: mandatory("instant"),
  ChargePeriodStart: mandatory("instant"),
  CommitmentDiscountCategory: conditional("string", ["Spend", "Usage"]),
  CommitmentDiscountId: conditional("string"),
  CommitmentDiscountName: conditional("string"),
  CommitmentDiscountQuantity: conditional("decimal"),
  CommitmentDiscountStatus: conditional("string", ["Used", "Unused"]),
  CommitmentDiscountType: conditional("string"),
  CommitmentDiscountUnit: conditional("string"),
  ConsumedQuantity: conditional("decimal"),
  ConsumedUnit: conditional("string"),
  ContractedCost: mandatory("decimal"),
  ContractedUnitPrice: conditional("decimal"),
  EffectiveCost: mandatory("decimal"),
  InvoiceId: { level: "recommended", type: "string", nulls: true },
  InvoiceIssuerName: mandatory("string"),
  ListCost: mandatory("decimal"),
  ListUnitPrice: conditional("decimal"),
  PricingCategory: conditional("string", ["Standard", "Dynamic", "Committed", "Other"]),
  // A virtual currency may have any name, so this is a text; a billing currency is a national one.
  PricingCurrency: { ...conditional("string"), nulls: false },
  PricingCurrencyContractedUnitPrice: conditional("decimal"),
  PricingCurrencyEffectiveCost: { ...conditional("decimal"), nulls: false },
  PricingCurrencyListUnitPrice: conditional("decimal"),
  PricingQuantity: mandatory("decimal", true),
  PricingUnit: mandatory("string", true),
  ProviderName: mandatory("string"),
  PublisherName: mandatory("string"),
  RegionId: conditional("string"),
  RegionName: conditional("string"),
  ResourceId: conditional("string"),
  ResourceName: conditional("string"),
  ResourceType: conditional("string"),
  ServiceCategory: { ...mandatory("string"), values: Object.keys(serviceCategories) },
  ServiceName: mandatory("string"),
  ServiceSubcategory: {
    level: "recommended",
    type: "string",
    nulls: false,
    values: Object.values(serviceCategories).flat(),
  },
  SkuId: conditional("string"),
  SkuMeter: conditional("string"),
  SkuPriceDetails: conditional("json"),
  SkuPriceId: conditional("string"),
  SubAccountId: conditional("string"),
  SubAccountName: conditional("string"),
  SubAccountType: conditional("string"),
  Tags: conditional("json"),
} as const satisfies Record<string, FocusColumnRule>;
export type FocusColumn = keyof typeof focusColumns;

/** Columns that a provider has all of, or none: each family by what it supports. */
export const columnFamilies: readonly (readonly FocusColumn[])[] = [
  ["CapacityReservationId", "CapacityReservationStatus"],
  [
    ...(["CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName"] as const),
    ...(["CommitmentDiscountQuantity", "CommitmentDiscountStatus"] as const),
    ...(["CommitmentDiscountType", "CommitmentDiscountUnit"] as const),
  ],
  ["ConsumedQuantity", "ConsumedUnit"],
  ["RegionId", "RegionName"],
  ["ResourceId", "ResourceName"],
  ["SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId"],
  ["SubAccountId", "SubAccountName"],
];

/** Columns of our own start so, as the specification asks of everybody. */
export const ownPrefix = "x_";

/** Who receives the payment; where it is not who issues the invoice, nothing is billed. */
export const recipientColumn = "x_PaymentRecipient";
