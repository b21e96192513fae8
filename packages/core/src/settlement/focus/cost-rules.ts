import { recipientColumn, type FocusColumn } from "./columns.ts";
import { equalDecimals, isRoundedFrom, timesDecimal } from "./decimal.ts";
import { isCorrection, isUsageOrPurchase, numberIn, type Breach, type RowToCheck } from "./row.ts";

/** What a charge at a price has, and a tax has not. */
const ofPriced: readonly FocusColumn[] = [
  ...(["PricingQuantity", "SkuId", "SkuPriceId", "PricingCategory"] as const),
  ...(["ListUnitPrice", "ContractedUnitPrice"] as const),
  ...(["PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"] as const),
];

export function pricedCharges(row: RowToCheck): Breach[] {
  if (!isUsageOrPurchase(row) || isCorrection(row)) return [];
  return ofPriced
    .filter((column) => row.has(column) && row.cell(column) === null)
    .map((column) => {
      const why = `is empty; a ${row.cell("ChargeCategory")} that is no correction has one`;
      return { column, rule: "priced-charge", why };
    });
}

export function taxCharges(row: RowToCheck): Breach[] {
  if (row.cell("ChargeCategory") !== "Tax") return [];
  const why = "is not empty; a tax has no price of its own";
  return ofPriced
    .filter((column) => row.cell(column) !== null)
    .map((column) => ({ column, rule: "tax-has-no-price", why }));
}

const priceOfCost = {
  ListCost: "ListUnitPrice",
  ContractedCost: "ContractedUnitPrice",
} as const;

export function costs(row: RowToCheck): Breach[] {
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

/** A credit stands for itself: its costs are what is billed, but for those that a price gives. */
export function creditCosts(row: RowToCheck): Breach[] {
  const billed = numberIn(row, "BilledCost");
  if (row.cell("ChargeCategory") !== "Credit" || !billed) return [];
  return (["ContractedCost", "ListCost", "EffectiveCost"] as const).flatMap((column) => {
    const cost = numberIn(row, column);
    const isPriced = column !== "EffectiveCost" && row.cell(priceOfCost[column]) !== null;
    if (!cost || isPriced || equalDecimals(cost, billed)) return [];
    return [{ column, rule: "credit-cost", why: "is not BilledCost, as it is of a credit" }];
  });
}

const unitPrices = [
  ...(["ListUnitPrice", "ContractedUnitPrice"] as const),
  ...(["PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"] as const),
];

export function nonNegativePrices(row: RowToCheck): Breach[] {
  return unitPrices.flatMap((column) => {
    const price = numberIn(row, column);
    if (!price || price.digits >= 0n) return [];
    return [{ column, rule: "unit-price-below-zero", why: "is below zero; a price never is" }];
  });
}

/** What a commitment was bought for costs nothing until it is used. */
export function prepaidPurchases(row: RowToCheck): Breach[] {
  const isOfCommitment = row.cell("CommitmentDiscountId") !== null;
  if (row.cell("ChargeCategory") !== "Purchase" || !isOfCommitment) return [];
  return (["EffectiveCost", "PricingCurrencyEffectiveCost"] as const).flatMap((column) => {
    const cost = numberIn(row, column);
    if (!cost || cost.digits === 0n) return [];
    const why = "is not 0; what a commitment costs is told where it is used";
    return [{ column, rule: "prepaid-purchase", why }];
  });
}

/**
 * What somebody else than the provider is paid for is not billed. Who is paid stands in a column of
 * our own; files of others have none, there it is who issues the invoice.
 */
export function thirdParties(row: RowToCheck): Breach[] {
  const provider = row.cell("ProviderName");
  const paid = row.cell(recipientColumn) ?? row.cell("InvoiceIssuerName");
  const billed = numberIn(row, "BilledCost");
  if (paid === null || provider === null || paid === provider) return [];
  if (!billed || billed.digits === 0n) return [];
  const why = `is not 0, but ${paid} receives the payment and not ${provider}`;
  return [{ column: "BilledCost", rule: "third-party-payment", why }];
}
