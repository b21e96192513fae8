import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asId, cardSeconds, microYuan, yuan } from "../../units/index.ts";
import {
  chargeRows,
  correctionRow,
  focusChecker,
  focusColumns,
  focusHeader,
  type FocusCharge,
  type FocusFrame,
} from "../index.ts";

const at = (text: string) => Temporal.Instant.from(text);
const frame: FocusFrame = {
  billing: { from: at("2026-10-31T16:00:00Z"), until: at("2026-11-30T16:00:00Z") },
  platform: "Lake Region",
};
const aCharge = (differs: Partial<FocusCharge> = {}): FocusCharge => ({
  account: { id: "acme", name: "爱科米" },
  run: asId("0197a2f0-0000-7000-8000-000000000001"),
  from: at("2026-11-03T09:30:00.25Z"),
  until: at("2026-11-03T10:30:00.5Z"),
  publisher: "Lowland",
  region: { place: "east", centre: "c1" },
  pool: "c1-a",
  model: asId("a100-80g"),
  cardSeconds: cardSeconds(28_808n),
  price: yuan(48),
  charge: yuan(48),
  voucher: yuan(14),
  programme: asId("ai-2026"),
  emulated: true,
  paidTo: null,
  ...differs,
});
const column = (name: string) => focusHeader.indexOf(name as never);
const problemsIn = (header: readonly string[], ...rows: readonly string[][]) => {
  const checker = focusChecker(header);
  return [...checker.header, ...rows.flatMap((row, i) => checker.row(i + 1, row))].map(
    ({ row, column: name, rule }) => `${row} ${name} ${rule}`,
  );
};

describe("rows", () => {
  const [usage, credit] = chargeRows(aCharge(), frame);

  test("there are 21 mandatory columns, and our files have all of them", () => {
    const mandatory = Object.entries(focusColumns).filter(([, { level }]) => level === "mandatory");
    expect(mandatory).toHaveLength(21);
    expect(focusHeader).toEqual(expect.arrayContaining(mandatory.map(([name]) => name)));
  });

  test("a charge is usage, a voucher's part a credit; together what the tenant pays", () => {
    expect(problemsIn(focusHeader, usage!, credit!)).toEqual([]);
    const billed = [usage!, credit!].map((row) => row[column("BilledCost")]);
    expect(billed).toEqual(["48.00", "-14.00"]);
    expect(usage![column("ChargeCategory")]).toBe("Usage");
    expect(credit![column("ChargeCategory")]).toBe("Credit");
    expect(credit![column("PricingQuantity")]).toBe("");
    expect(usage![column("ChargePeriodEnd")]).toBe("2026-11-03T10:30:01Z");
  });

  test("where a third party is paid nothing is billed, and the cost is still told", () => {
    const [row, given] = chargeRows(aCharge({ paidTo: "Lowland" }), frame);
    expect(problemsIn(focusHeader, row!, given!)).toEqual([]);
    expect(row![column("BilledCost")]).toBe("0.00");
    expect(row![column("EffectiveCost")]).toBe("48.00");
    expect(given![column("BilledCost")]).toBe("0.00");
  });

  test("what corrects a closed period is a correction in the open one; else an adjustment", () => {
    const one = {
      ...{ account: aCharge().account, what: "Dispute", at: at("2026-11-09T00:00:00Z") },
      ...{ publisher: "Lowland", amount: yuan(-5), run: null },
    };
    const [closed, open] = [true, false].map((ofEarlierPeriod) =>
      correctionRow({ ...one, ofEarlierPeriod }, frame),
    );
    expect(problemsIn(focusHeader, closed!, open!)).toEqual([]);
    expect(closed![column("ChargeClass")]).toBe("Correction");
    expect([open![column("ChargeClass")], open![column("ChargeCategory")]]).toEqual([
      "",
      "Adjustment",
    ]);
  });

  test("whatever is charged, every row keeps every rule, and costs are right", () => {
    const any = fc.record({
      seconds: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      price: fc.bigInt({ min: 0n, max: 10n ** 14n }),
      parts: fc.tuple(fc.nat(100), fc.nat(100)),
      paidTo: fc.constantFrom(null, "Lowland"),
    });
    fc.assert(
      fc.property(any, ({ seconds, price, parts: [charged, byVoucher], paidTo }) => {
        const charge = (price * BigInt(charged)) / 100n;
        const voucher = (charge * BigInt(byVoucher)) / 100n;
        const amounts = { price: microYuan(price), charge: microYuan(charge) };
        const one = { ...amounts, cardSeconds: cardSeconds(seconds), voucher: microYuan(voucher) };
        const rows = chargeRows(aCharge({ ...one, paidTo }), frame);
        expect(problemsIn(focusHeader, ...rows)).toEqual([]);
        const cost = Number(rows[0]![column("ContractedCost")]);
        const priced = seconds > 0n ? Number(price) / 1e6 : 0;
        expect(Math.abs(cost - priced)).toBeLessThanOrEqual(2e-6);
      }),
    );
  });
});

describe("the checker", () => {
  const [usage, credit] = chargeRows(aCharge(), frame);

  /** Each spoils one cell of a good row and names the rule that must be told. */
  test.each<[string, string, string]>([
    ["BilledCost", "", "not-null"],
    ["BilledCost", "¥48", "decimal-format"],
    ["BilledCost", "1,048.00", "decimal-format"],
    ["BilledCost", "+48", "decimal-format"],
    ["BilledCost", "48E+3", "decimal-format"],
    ["BillingAccountId", " ", "not-null"],
    ["BillingCurrency", "yuan", "currency-format"],
    ["BillingPeriodStart", "2026-11-01", "instant-format"],
    ["BillingPeriodStart", "2026-11-01T00:00:00+08:00", "instant-format"],
    ["BillingPeriodEnd", "2026-10-31T16:00:00Z", "period-order"],
    ["ChargePeriodEnd", "2026-11-03T09:30:00Z", "period-order"],
    ["ChargeCategory", "Used", "allowed-values"],
    ["ChargeClass", "correction", "allowed-values"],
    ["ChargeFrequency", "Daily", "allowed-values"],
    ["ConsumedQuantity", "", "consumption"],
    ["ConsumedUnit", "", "consumption"],
    ["ContractedCost", "48.01", "unit-price-times-quantity"],
    ["ContractedUnitPrice", "", "priced-charge"],
    ["ContractedUnitPrice", "-1", "unit-price-below-zero"],
    ["ListCost", "47", "unit-price-times-quantity"],
    ["ListUnitPrice", "2", "unit-price-times-quantity"],
    ["PricingCategory", "On-Demand", "allowed-values"],
    ["PricingCategory", "", "priced-charge"],
    ["PricingQuantity", "", "pricing-unit"],
    ["PricingQuantity", "28809", "unit-price-times-quantity"],
    ["PricingUnit", "", "pricing-unit"],
    ["PricingUnit", "card seconds", "unit-format"],
    ["ProviderName", "", "not-null"],
    ["RegionId", "", "without-its-id"],
    ["ResourceId", "", "without-its-id"],
    ["ServiceCategory", "Computing", "allowed-values"],
    ["ServiceCategory", "Storage", "subcategory"],
    ["SkuId", "", "without-its-id"],
    ["SkuPriceId", "", "priced-charge"],
    ["x_PaymentRecipient", "Lowland", "third-party-payment"],
  ])("finds %s spoilt to %j as %s", (name, value, rule) => {
    const spoilt = usage!.with(column(name), value);
    expect(problemsIn(focusHeader, usage!, spoilt).join("\n")).toContain(rule);
    expect(problemsIn(focusHeader, usage!, spoilt).every((text) => text.startsWith("2 "))).toBe(
      true,
    );
  });

  test.each<[string, string, string]>([
    ["ConsumedQuantity", "5", "consumption"],
    ["EffectiveCost", "0", "credit-cost"],
    ["ContractedCost", "1", "credit-cost"],
    ["ListCost", "1", "credit-cost"],
  ])("finds a credit whose %s is %s", (name, value, rule) => {
    const spoilt = credit!.with(column(name), value);
    expect(problemsIn(focusHeader, spoilt).join("\n")).toContain(rule);
  });

  test("finds a tax with a price, and a purchase that is usage-based", () => {
    const tax = problemsIn(focusHeader, usage!.with(column("ChargeCategory"), "Tax"));
    expect(tax.filter((text) => text.endsWith("tax-has-no-price"))).toHaveLength(7);
    const bought = problemsIn(focusHeader, usage!.with(column("ChargeCategory"), "Purchase"));
    expect(bought).toContain("1 ChargeFrequency purchase-frequency");
  });

  test("finds each mandatory column that is left out, and says what a wrong name may mean", () => {
    for (const [name, { level }] of Object.entries(focusColumns)) {
      if (level !== "mandatory") continue;
      const place = column(name);
      const without = (row: readonly string[]) => row.toSpliced(place, 1);
      const found = problemsIn(without(focusHeader), without(usage!));
      expect(found).toContain(`0 ${name} column-missing`);
    }
    const checker = focusChecker(focusHeader.with(1, "BiledCost" as never));
    expect(checker.header.map(({ why }) => why)).toContain(
      "is no column of FOCUS 1.2; did you mean BilledCost?",
    );
  });

  test("finds columns that are there twice, rows of another length, nested tags", () => {
    expect(problemsIn([...focusHeader, "SkuId"], [...usage!, "x"])).toContain(
      "0 SkuId column-twice",
    );
    expect(problemsIn(focusHeader, usage!.slice(1))).toEqual(["1  row-length"]);
    const tagged = (tags: string) => problemsIn([...focusHeader, "Tags"], [...usage!, tags]);
    expect(tagged('{"team":"a","cost":1,"none":null}')).toEqual([]);
    expect(tagged('{"team":{"a":1}}')).toEqual(["1 Tags json-format"]);
  });

  test("a commitment must fit together", () => {
    const header = [...focusHeader, "CommitmentDiscountId", "CommitmentDiscountStatus"];
    const found = (id: string, status: string, row = usage!) =>
      problemsIn(header, [...row, id, status]);
    expect(found("", "Used")).toContain("1 CommitmentDiscountStatus without-its-id");
    expect(found("c-1", "Used")).toContain("1 PricingCategory committed");
    const committed = usage!.with(column("PricingCategory"), "Committed");
    expect(found("c-1", "Used", committed)).toEqual([]);
    expect(found("", "", committed)).toContain("1 PricingCategory committed");
    expect(found("c-1", "Unused", committed)).toContain("1 ConsumedQuantity consumption");
  });

  test("a correction may differ from its price, and may say nothing of it", () => {
    const correction = usage!
      .with(column("ChargeClass"), "Correction")
      .with(column("ContractedCost"), "1")
      .with(column("ConsumedQuantity"), "")
      .with(column("ConsumedUnit"), "");
    expect(problemsIn(focusHeader, correction)).toEqual([]);
  });

  test("numbers may have an exponent, and costs fewer decimals than their product", () => {
    const rounded = usage!.with(column("ContractedCost"), "48.00");
    expect(problemsIn(focusHeader, rounded)).toEqual([]);
    expect(problemsIn(focusHeader, usage!.with(column("BilledCost"), "4.8E1"))).toEqual([]);
  });
});
