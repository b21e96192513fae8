import { focusColumns, serviceCategories, type FocusColumn } from "./columns.ts";
import {
  commitmentItself,
  commitmentQuantity,
  commitmentUnit,
  pricingCategory,
} from "./commitment-rules.ts";
import {
  costs,
  creditCosts,
  nonNegativePrices,
  prepaidPurchases,
  pricedCharges,
  taxCharges,
  thirdParties,
} from "./cost-rules.ts";
import { isSmallCurrency, readFlatObject } from "./formats.ts";
import { isCorrection, type Breach, type RowToCheck } from "./row.ts";
import { isUnit } from "./unit-form.ts";

/** Checks between the columns of one row. */
export const rowRules: readonly ((row: RowToCheck) => Breach[])[] = [
  periods,
  pricedCharges,
  taxCharges,
  consumption,
  pricingUnit,
  units,
  costs,
  creditCosts,
  nonNegativePrices,
  prepaidPurchases,
  pricingCategory,
  commitmentQuantity,
  commitmentUnit,
  commitmentItself,
  namedThings,
  priceDetails,
  frequency,
  subcategory,
  thirdParties,
  description,
  pricingCurrency,
];

function periods({ cell }: RowToCheck): Breach[] {
  return (["BillingPeriod", "ChargePeriod"] as const).flatMap((period) => {
    const [start, end] = [cell(`${period}Start`), cell(`${period}End`)];
    if (start === null || end === null || start < end) return [];
    const why = `${end} is not after ${period}Start, which is ${start}; the end is exclusive`;
    return [{ column: `${period}End`, rule: "period-order", why }];
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

function pricingUnit(row: RowToCheck): Breach[] {
  if ((row.cell("PricingQuantity") === null) === (row.cell("PricingUnit") === null)) return [];
  const why = "is there without the other of PricingQuantity and PricingUnit";
  return [{ column: "PricingUnit", rule: "pricing-unit", why }];
}

function units(row: RowToCheck): Breach[] {
  return (["PricingUnit", "ConsumedUnit", "CommitmentDiscountUnit"] as const).flatMap((column) => {
    const unit = row.cell(column);
    if (unit === null || isUnit(unit)) return [];
    const why = `"${unit}" is no unit; write it such as "GB", "Card-Hours" or "Requests/Day"`;
    return [{ column, rule: "unit-format", why }];
  });
}

interface Named {
  readonly id: FocusColumn;
  /** Empty where the id is; so it is of all of them. */
  readonly more: readonly FocusColumn[];
  /** Those of them that are there wherever the id is; null: none is. */
  readonly always: readonly FocusColumn[];
  /** Those of them that are there wherever the id is, of usage. */
  readonly ofUsage?: FocusColumn;
}

const named: readonly Named[] = [
  { id: "BillingAccountId", more: ["BillingAccountType"], always: ["BillingAccountType"] },
  {
    id: "CapacityReservationId",
    more: ["CapacityReservationStatus"],
    always: [],
    ofUsage: "CapacityReservationStatus",
  },
  {
    id: "CommitmentDiscountId",
    more: [
      ...(["CommitmentDiscountCategory", "CommitmentDiscountName"] as const),
      ...(["CommitmentDiscountStatus", "CommitmentDiscountType"] as const),
    ],
    always: ["CommitmentDiscountCategory", "CommitmentDiscountType"],
    ofUsage: "CommitmentDiscountStatus",
  },
  { id: "RegionId", more: ["RegionName"], always: ["RegionName"] },
  { id: "ResourceId", more: ["ResourceName", "ResourceType"], always: ["ResourceType"] },
  { id: "SkuId", more: ["SkuMeter", "SkuPriceId"], always: [] },
  { id: "SkuPriceId", more: ["SkuPriceDetails"], always: [] },
  {
    id: "SubAccountId",
    more: ["SubAccountName", "SubAccountType"],
    always: ["SubAccountName", "SubAccountType"],
  },
];

function namedThings(row: RowToCheck): Breach[] {
  const found = named.flatMap((thing) => partsOf(row, thing));
  const column = "SkuMeter";
  if (row.has(column) && row.cell("SkuId") !== null && row.cell(column) === null) {
    found.push({ column, rule: "sku-meter", why: "is empty beside a SkuId; say what is metered" });
  }
  return found;
}

function partsOf(row: RowToCheck, { id, more, always, ofUsage }: Named): Breach[] {
  if (!row.has(id)) return [];
  if (row.cell(id) === null) {
    return more
      .filter((column) => row.cell(column) !== null)
      .map((column) => ({ column, rule: "without-its-id", why: `is there, but ${id} is empty` }));
  }
  const isUsage = row.cell("ChargeCategory") === "Usage";
  const needed = [...always, ...(ofUsage !== undefined && isUsage ? [ofUsage] : [])];
  return needed
    .filter((column) => row.has(column) && row.cell(column) === null)
    .map((column) => ({ column, rule: "beside-its-id", why: `is empty beside ${id}` }));
}

/** Properties of a price that the specification names, by what they hold. */
const properties: Readonly<Record<string, "number" | "string">> = {
  ...Object.fromEntries(
    [
      ...["CoreCount", "DiskMaxIops", "DiskSpace", "GpuCount", "MemorySize", "NetworkMaxIops"],
      "NetworkMaxThroughput",
    ].map((name) => [name, "number"]),
  ),
  ...Object.fromEntries(
    [
      ...["DiskType", "InstanceSeries", "InstanceType", "OperatingSystem", "Redundancy"],
      "StorageClass",
    ].map((name) => [name, "string"]),
  ),
};

function priceDetails({ cell }: RowToCheck): Breach[] {
  const column = "SkuPriceDetails";
  const details = readFlatObject(cell(column) ?? "{}") ?? {};
  return Object.entries(details).flatMap(([key, value]): Breach[] => {
    const type = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (type === undefined) {
      if (/^x_[A-Z]/.test(key)) return [];
      const rule = key.startsWith("x_") ? "details-case" : "details-key";
      const why = `has "${key}", which FOCUS does not name; write it such as x_CardModel`;
      return [{ column, rule, why }];
    }
    if (value === null || typeof value === type) return [];
    return [{ column, rule: "details-type", why: `has ${key} as no ${type}` }];
  });
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

function description(row: RowToCheck): Breach[] {
  const column = "ChargeDescription";
  if (!row.has(column) || row.cell(column) !== null) return [];
  return [{ column, rule: "no-description", why: "is empty; say what is charged" }];
}

function pricingCurrency({ cell }: RowToCheck): Breach[] {
  const column = "PricingCurrency";
  const text = cell(column) ?? "";
  if (!isSmallCurrency(text)) return [];
  const why = `"${text}" is a national currency in small letters; write ${text.toUpperCase()}`;
  return [{ column, rule: "currency-format", why }];
}
