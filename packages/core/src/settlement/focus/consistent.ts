import type { FocusColumn } from "./columns.ts";
import type { FocusRule } from "./requirements.ts";
import type { Breach, RowToCheck } from "./row.ts";

/** What each value of the first column says in the second: one thing only, in the whole file. */
const pairs = [
  { of: "ServiceName", one: "ServiceCategory", rule: "one-to-one" },
  { of: "ServiceName", one: "ServiceSubcategory", rule: "one-to-one-recommended" },
  { of: "SkuPriceId", one: "SkuId", rule: "one-to-one" },
  { of: "SkuId", one: "SkuMeter", rule: "one-to-one-recommended" },
  { of: "CommitmentDiscountId", one: "CommitmentDiscountUnit", rule: "one-to-one" },
  { of: "InvoiceId", one: "BillingAccountId", rule: "one-to-one" },
] as const satisfies readonly { of: FocusColumn; one: FocusColumn; rule: FocusRule }[];

/** So many values of a column are remembered; a file with more is checked for the first of them. */
const rememberedMax = 100_000;

/** Tells row by row where a value says something else than it did in a row before. */
export function consistencyCheck(): (row: RowToCheck) => Breach[] {
  const seen = pairs.map(() => new Map<string, string>());
  return (row) =>
    pairs.flatMap(({ of, one, rule }, i) => {
      const [key, value] = [row.cell(of), row.cell(one)];
      if (key === null || value === null) return [];
      const before = seen[i]!.get(key);
      if (before === undefined && seen[i]!.size < rememberedMax) seen[i]!.set(key, value);
      if (before === undefined || before === value) return [];
      const why = `is ${value}, but ${before} in a row before, of the same ${of} ${key}`;
      return [{ column: one, rule, why }];
    });
}
