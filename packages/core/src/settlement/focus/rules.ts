import { focusColumns, recipientColumn, serviceCategories, type FocusColumn } from "./columns.ts";
import { equalDecimals, isRoundedFrom, readDecimal, timesDecimal } from "./decimal.ts";

/** The cells of a row that is being checked: null for what is empty or not in the file. */
export interface RowToCheck {
  cell(column: FocusColumn | typeof recipientColumn): string | null;
  /** Whether the file has the column at all. */
  has(column: FocusColumn | typeof recipientColumn): boolean;
}

/** What breaks a rule between columns: in which column, and what would be right. */
export interface Breach {
  readonly column: string;
  readonly rule: string;
  readonly why: string;
}

/** Checks between the columns of one row; each file of a folder of its own kind of rule. */
export const rowRules: readonly ((row: RowToCheck) => Breach[])[] = [
  periods,
  pricedCharges,
  taxCharges,
  consumption,
  units,
  costs,
  creditCosts,
  nonNegativePrices,
  pricingCategory,
  commitments,
  namedThings,
  frequency,
  subcategory,
  thirdParties,
];

function periods({ cell }: RowToCheck): Breach[] {
  return (["BillingPeriod", "ChargePeriod"] as const).flatMap((period) => {
    const [start, end] = [cell(`${period}Start`), cell(`${period}End`)];
    if (start === null || end === null || start < end) return [];
    const why = `${end} is not after ${period}Start, which is ${start}; the end is exclusive`;
    return [{ column: `${period}End`, rule: "period-order", why }];
  });
}

const isCorrection = ({ cell }: RowToCheck) => cell("ChargeClass") === "Correction";
const isPriced = (row: RowToCheck) =>
  ["Usage", "Purchase"].includes(row.cell("ChargeCategory") ?? "") && !isCorrection(row);

const ofPriced: readonly FocusColumn[] = [
  ...(["PricingQuantity", "PricingUnit", "SkuId", "SkuPriceId"] as const),
  ...(["ListUnitPrice", "ContractedUnitPrice", "PricingCategory"] as const),
];

function pricedCharges(row: RowToCheck): Breach[] {
  if (!isPriced(row)) return [];
  return ofPriced
    .filter((column) => row.has(column) && row.cell(column) === null)
    .map((column) => {
      const why = `is empty; a ${row.cell("ChargeCategory")} that is no correction has one`;
      return { column, rule: "priced-charge", why };
    });
}

function taxCharges(row: RowToCheck): Breach[] {
  if (row.cell("ChargeCategory") !== "Tax") return [];
  return ofPriced
    .filter((column) => row.cell(column) !== null)
    .map((column) => {
      return {
        column,
        rule: "tax-has-no-price",
        why: "is not empty; a tax has no price of its own",
      };
    });
}

function consumption(row: RowToCheck): Breach[] {
  const [quantity, unit] = [row.cell("ConsumedQuantity"), row.cell("ConsumedUnit")];
  const isUsage = row.cell("ChargeCategory") === "Usage";
  const isUnused = row.cell("CommitmentDiscountStatus") === "Unused";
  const column = "ConsumedQuantity";
  const found: Breach[] = [];
  if (quantity !== null && (!isUsage || isUnused)) {
    const why = "is not empty; only usage that took place consumes something";
    found.push({ column, rule: "consumption", why });
  }
  const mustHave = isUsage && !isUnused && !isCorrection(row) && row.has(column);
  if (quantity === null && mustHave) {
    found.push({ column, rule: "consumption", why: "is empty; usage says how much was consumed" });
  }
  if (row.has("ConsumedUnit") && (quantity === null) !== (unit === null)) {
    const why = unit === null ? "is empty beside a ConsumedQuantity" : "has no ConsumedQuantity";
    found.push({ column: "ConsumedUnit", rule: "consumption", why });
  }
  return found;
}

/** Plural units, "<what>-<times>" or "<what>s/<time>", a whole number in front of them at most. */
const unitForm = /^(?:\d+ )?[A-Z][A-Za-z]*(?:[- ][A-Z][A-Za-z]*)*(?:\/(?:\d+ )?[A-Z][a-z]+)?$/;

function units(row: RowToCheck): Breach[] {
  const found: Breach[] = [];
  if ((row.cell("PricingQuantity") === null) !== (row.cell("PricingUnit") === null)) {
    const why = "is there without the other of PricingQuantity and PricingUnit";
    found.push({ column: "PricingUnit", rule: "pricing-unit", why });
  }
  for (const column of ["PricingUnit", "ConsumedUnit"] as const) {
    const unit = row.cell(column);
    if (unit === null || unitForm.test(unit)) continue;
    const why = `"${unit}" is no unit; write it such as "GB", "Card-Hours" or "Requests/Day"`;
    found.push({ column, rule: "unit-format", why });
  }
  return found;
}

const priceOfCost = {
  ListCost: "ListUnitPrice",
  ContractedCost: "ContractedUnitPrice",
} as const;

function costs(row: RowToCheck): Breach[] {
  const quantity = numberIn(row, "PricingQuantity");
  if (!quantity || isCorrection(row)) return [];
  return Object.entries(priceOfCost).flatMap(([column, priceColumn]) => {
    const price = numberIn(row, priceColumn);
    const cost = numberIn(row, column as keyof typeof priceOfCost);
    if (!price || !cost || isRoundedFrom(cost, timesDecimal(price, quantity))) return [];
    const why = `is not ${priceColumn} × PricingQuantity`;
    return [{ column, rule: "unit-price-times-quantity", why }];
  });
}

/** A credit stands for itself: all its costs are what is billed. */
function creditCosts(row: RowToCheck): Breach[] {
  const billed = numberIn(row, "BilledCost");
  if (row.cell("ChargeCategory") !== "Credit" || !billed) return [];
  return (["ContractedCost", "ListCost", "EffectiveCost"] as const).flatMap((column) => {
    const price = column === "EffectiveCost" ? "SkuPriceId" : priceOfCost[column];
    const cost = numberIn(row, column);
    if (!cost || row.cell(price) !== null || equalDecimals(cost, billed)) return [];
    return [{ column, rule: "credit-cost", why: "is not BilledCost, as it is of a credit" }];
  });
}

function nonNegativePrices(row: RowToCheck): Breach[] {
  return (["ListUnitPrice", "ContractedUnitPrice"] as const).flatMap((column) => {
    const price = numberIn(row, column);
    if (!price || price.digits >= 0n) return [];
    return [{ column, rule: "unit-price-below-zero", why: "is below zero; a price never is" }];
  });
}

function pricingCategory(row: RowToCheck): Breach[] {
  const column = "PricingCategory";
  const committed = row.cell(column) === "Committed";
  const discount = row.cell("CommitmentDiscountId") !== null;
  const isUsed = row.cell("ChargeCategory") === "Usage";
  if (committed && row.has("CommitmentDiscountId") && !discount) {
    return [{ column, rule: "committed", why: "is Committed without a CommitmentDiscountId" }];
  }
  if (discount && isUsed && row.cell(column) !== null && !committed) {
    return [{ column, rule: "committed", why: "is not Committed beside a CommitmentDiscountId" }];
  }
  return [];
}

function commitments(row: RowToCheck): Breach[] {
  const found = together(row, "CommitmentDiscountId", [
    ...(["CommitmentDiscountCategory", "CommitmentDiscountName"] as const),
    ...(["CommitmentDiscountStatus", "CommitmentDiscountType"] as const),
  ]);
  const column = "CommitmentDiscountStatus";
  if (row.cell(column) !== null && row.cell("ChargeCategory") !== "Usage") {
    found.push({ column, rule: "commitment", why: "is not empty; only usage has one" });
  }
  return found;
}

function namedThings(row: RowToCheck): Breach[] {
  return [
    ...together(row, "RegionId", ["RegionName"]),
    ...together(row, "ResourceId", ["ResourceName", "ResourceType"]),
    ...together(row, "SkuId", ["SkuMeter", "SkuPriceId"]),
    ...together(row, "SkuPriceId", ["SkuPriceDetails"]),
    ...together(row, "SubAccountId", ["SubAccountName", "SubAccountType"]),
    ...together(row, "CapacityReservationId", ["CapacityReservationStatus"]),
  ];
}

/** What says more of a thing is empty where the thing is. */
function together(row: RowToCheck, id: FocusColumn, more: readonly FocusColumn[]): Breach[] {
  if (!row.has(id) || row.cell(id) !== null) return [];
  return more
    .filter((column) => row.cell(column) !== null)
    .map((column) => ({ column, rule: "without-its-id", why: `is there, but ${id} is empty` }));
}

function frequency(row: RowToCheck): Breach[] {
  const column = "ChargeFrequency";
  const isPurchase = row.cell("ChargeCategory") === "Purchase";
  if (!isPurchase || row.cell(column) !== "Usage-Based") return [];
  return [{ column, rule: "purchase-frequency", why: "is Usage-Based; a purchase never is" }];
}

function subcategory(row: RowToCheck): Breach[] {
  const [category, finer] = [row.cell("ServiceCategory"), row.cell("ServiceSubcategory")];
  const known = serviceCategories[category ?? ""];
  if (!known || finer === null || known.includes(finer)) return [];
  const isValue = (focusColumns.ServiceSubcategory.values as readonly string[]).includes(finer);
  if (!isValue) return []; // told as a value that there is not
  const why = `"${finer}" is no kind of ${category}; there are ${known.join(", ")}`;
  return [{ column: "ServiceSubcategory", rule: "subcategory", why }];
}

/** What somebody else is paid for is not billed by who made the file. */
function thirdParties(row: RowToCheck): Breach[] {
  const [recipient, issuer] = [row.cell(recipientColumn), row.cell("InvoiceIssuerName")];
  const billed = numberIn(row, "BilledCost");
  if (recipient === null || recipient === issuer || !billed || billed.digits === 0n) return [];
  const why = `is not 0, but ${recipient} receives the payment and not ${issuer}`;
  return [{ column: "BilledCost", rule: "third-party-payment", why }];
}

function numberIn(row: RowToCheck, column: FocusColumn) {
  const text = row.cell(column);
  return text === null ? undefined : readDecimal(text);
}
