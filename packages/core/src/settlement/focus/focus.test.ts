import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asId, cardSeconds, microYuan, yuan } from "../../units/index.ts";
import {
  chargeRows,
  correctionRow,
  focusChecker,
  focusColumns,
  focusHeader,
  focusSchema,
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
  invoice: null,
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

describe("the schema", () => {
  test("defines each column of our files once; another header is a schema of another id", () => {
    const { ColumnDefinition: columns, ...schema } = focusSchema;
    expect(columns.map(({ ColumnName: name }) => name)).toEqual(focusHeader);
    expect(columns).toContainEqual({
      ...{ ColumnName: "BilledCost", DataType: "DECIMAL", NumericPrecision: 18, NumberScale: 6 },
    });
    expect(columns).toContainEqual({ ColumnName: "ChargePeriodEnd", DataType: "DATETIME" });
    expect(columns).toContainEqual({ ColumnName: "SkuPriceDetails", DataType: "JSON" });
    const text = columns.filter(({ StringEncoding: encoding }) => encoding === "UTF-8");
    expect([schema.SchemaId, columns.length, text.length]).toEqual([
      ...["0197a2f0-5c1e-7b44-9d05-3f6f2a6b1c12", 43, 30],
    ]);
    expect(schema.FocusVersion).toBe("1.2");
  });
});

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
    const cells = (name: string) => [row![column(name)], given![column(name)]];
    expect(cells("BilledCost")).toEqual(["0.00", "0.00"]);
    expect(cells("EffectiveCost")).toEqual(["34.00", "0.00"]);
    expect(cells("InvoiceIssuerName")).toEqual(["Lowland", "Lowland"]);
    expect(cells("x_PaymentRecipient")).toEqual(["Lowland", "Lowland"]);
    expect(given![column("ChargeDescription")]).toBe("Voucher of ai-2026: 14.00 of this run");
  });

  test("one price of a price list has one id, however long a charge was", () => {
    const priceIds = [1n, 7n, 3601n, 28_808n].map((seconds) => {
      const price = microYuan((seconds * 6_000_000n + 3599n) / 3600n);
      const charge = { cardSeconds: cardSeconds(seconds), price };
      return chargeRows(aCharge(charge), frame)[0]![column("SkuPriceId")];
    });
    expect(new Set(priceIds)).toEqual(new Set(["a100-80g/6.00"]));
  });

  test("what corrects a closed period is a correction in the open one; else an adjustment", () => {
    const one = {
      ...{ account: aCharge().account, what: "Dispute", at: at("2026-11-09T00:00:00Z") },
      ...{ publisher: "Lowland", amount: yuan(-5), run: null, invoice: null },
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
