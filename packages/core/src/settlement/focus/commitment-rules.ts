import { isCorrection, isUsageOrPurchase, type Breach, type RowToCheck } from "./row.ts";

export function pricingCategory(row: RowToCheck): Breach[] {
  const column = "PricingCategory";
  const isCommitted = row.cell(column) === "Committed";
  const hasDiscount = row.cell("CommitmentDiscountId") !== null;
  const isBought = row.cell("ChargeCategory") === "Purchase";
  if (isCommitted && row.has("CommitmentDiscountId") && !hasDiscount) {
    return [{ column, rule: "committed", why: "is Committed without a CommitmentDiscountId" }];
  }
  if (hasDiscount && !isBought && row.cell(column) !== null && !isCommitted) {
    return [{ column, rule: "committed", why: "is not Committed beside a CommitmentDiscountId" }];
  }
  return [];
}

export function commitmentQuantity(row: RowToCheck): Breach[] {
  const column = "CommitmentDiscountQuantity";
  if (!row.has(column)) return [];
  const hasOne = isUsageOrPurchase(row) && row.cell("CommitmentDiscountId") !== null;
  const isEmpty = row.cell(column) === null;
  const rule = "commitment-quantity";
  if (hasOne && isEmpty && !isCorrection(row)) {
    const why = "is empty; usage or a purchase with a CommitmentDiscountId has one";
    return [{ column, rule, why }];
  }
  if (!hasOne && !isEmpty) {
    const why = "is not empty; only usage or a purchase with a CommitmentDiscountId has one";
    return [{ column, rule, why }];
  }
  return [];
}

export function commitmentUnit(row: RowToCheck): Breach[] {
  const column = "CommitmentDiscountUnit";
  const hasQuantity = row.cell("CommitmentDiscountQuantity") !== null;
  if (!row.has(column) || (row.cell(column) !== null) === hasQuantity) return [];
  const why = hasQuantity ? "is empty beside a quantity" : "has no CommitmentDiscountQuantity";
  return [{ column, rule: "commitment-unit", why }];
}

/** What was bought, and what of it nobody used, are charges for the commitment itself. */
export function commitmentItself(row: RowToCheck): Breach[] {
  const id = row.cell("CommitmentDiscountId");
  const isUnused = row.cell("CommitmentDiscountStatus") === "Unused";
  const found: Breach[] = [];
  if (isUnused && row.cell("ChargeCategory") !== "Usage") {
    const why = `is ${row.cell("ChargeCategory")}; what nobody used of a commitment is Usage`;
    found.push({ column: "ChargeCategory", rule: "unused-commitment", why });
  }
  const isItself = id !== null && (isUnused || row.cell("ChargeCategory") === "Purchase");
  if (isItself && row.has("ResourceId") && row.cell("ResourceId") !== id) {
    const why = `is not ${id}, the CommitmentDiscountId that the charge is for`;
    found.push({ column: "ResourceId", rule: "commitment-resource", why });
  }
  return found;
}
