import { asId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { z } from "zod";
import { agreementDocument, agreementDocumentOf, agreementOf } from "./agreement.ts";
import { priceListDocument, priceListSpec, type PriceListJson } from "./price-list.ts";
import { usageDocument, usageOfDocument } from "./usage-document.ts";
import { check } from "./wrong-fields.ts";

const full: PriceListJson = {
  version: 1,
  id: asId("full"),
  name: { en: "All there is", zh: "全部" },
  timeZone: "Asia/Shanghai",
  source: { text: "made up for a test", url: null, grade: "own" },
  rounding: { to: "fen", direction: "down" },
  versions: [
    {
      from: null,
      to: "2026-07-01",
      free: ["cpu", "storage"],
      items: [
        {
          ...{ id: "night", measure: "card-seconds", basis: "allocated", grain: "hour" },
          where: { model: ["a100-80g"], place: ["tianjin", "shenyang"] },
          times: [{ days: ["monday"], fromHour: 0, toHour: 8 }],
          ...{ per: "card-hour", price: "2.000001" },
        },
        {
          ...{ id: "tokens", measure: "tokens-out", basis: "used", where: {}, times: [] },
          ...{ per: "million-tokens", grain: null },
          graduated: [
            { upTo: "10.5", price: "8.00" },
            { upTo: null, price: "7.50" },
          ],
        },
      ],
      packages: [
        {
          ...{ id: "pack", name: { en: "Pack", zh: "包" }, price: "5.00", quantity: "1.5" },
          ...{ items: ["tokens"], carryMonths: null },
        },
      ],
    },
  ],
} as const as unknown as PriceListJson;

test("a price list is read and written back whole", () => {
  expect(z.encode(priceListSpec, z.decode(priceListSpec, full))).toEqual(full);
});

test("what is left out has its usual value", () => {
  const { rounding: _rounding, ...rest } = full;
  const items = [{ id: "hour", measure: "work", per: "p-month", price: "800" }];
  const brief = { ...rest, versions: [{ items }] } as unknown as PriceListJson;
  expect(z.decode(priceListSpec, brief)).toMatchObject({
    rounding: { to: "micro-yuan", direction: "up" },
    versions: [
      {
        ...{ from: null, to: null, free: [] },
        items: [{ basis: "allocated", grain: null, where: {}, times: [] }],
      },
    ],
  });
});

test.each([
  ["two prices", { price: "1", volume: [{ upTo: null, price: "1" }] }],
  ["no price", {}],
  ["a price as a number", { price: 1 }],
  ["a step of seven decimals", { volume: [{ upTo: "0.0000001", price: "1" }] }],
])("an item with %s is refused", (_, wrong) => {
  const items = [{ id: "hour", measure: "work", per: "p-month", ...wrong }];
  const list = { ...full, versions: [{ items }] } as unknown as PriceListJson;
  expect(priceListSpec.safeParse(list).success).toBe(false);
});

test("a wrong word is answered with the nearest right one", () => {
  const items = [{ id: "hour", measure: "card-second", per: "cardhour", price: "1" }];
  const list = { ...full, versions: [{ items, free: ["storge"] }] };
  const checked = check(priceListDocument, list, "body");
  expect(checked.ok ? [] : checked.problems.map(({ detail }) => detail.split("; ").at(-1))).toEqual(
    ['did you mean "card-seconds"?', 'did you mean "card-hour"?', 'did you mean "storage"?'],
  );
});

test("an agreement is read and written back whole", () => {
  const json = {
    list: "full",
    from: "2026-06-01",
    until: null,
    prices: [{ item: "tokens", price: "1.00" }],
    discounts: [{ items: null, off: "0.125" }],
    packages: [{ package: "pack", count: 2, from: "2026-06", to: null }],
    commitment: { amount: "10.00", items: ["tokens"] },
    minimum: "1.00",
    cap: null,
  };
  const read = agreementOf(agreementDocument.parse(json), null);
  expect(z.encode(agreementDocument, agreementDocumentOf(read))).toEqual(json);
});

test("usage is counted in steps of the measure, whatever unit it is written in", () => {
  const line = { from: "2026-06-01T00:00:00Z", to: "2026-06-01T01:00:00Z" };
  const lines = [
    { ...line, measure: "work", quantity: "14745.6", unit: "p-hour" },
    { ...line, measure: "storage", quantity: "3" },
  ];
  const document = usageDocument.parse({ month: "2026-06", lines });
  expect(usageOfDocument(document)).toMatchObject([
    { quantity: 530_841_600_000n, basis: "allocated" },
    { quantity: 3n, basis: "used" },
  ]);
  const wrong = { ...line, measure: "storage", quantity: "0.5" };
  expect(usageDocument.safeParse({ month: "2026-06", lines: [wrong] }).success).toBe(false);
});
