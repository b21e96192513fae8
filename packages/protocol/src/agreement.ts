import { z } from "zod";
import type { Agreement, PackageId, PriceItemId, PriceListId } from "@wadi/core/rating";
import { amount, plainDate, share, slug } from "./codec.ts";

/** A month: "2026-06". */
export const month = z
  .codec(z.string(), z.custom<Temporal.PlainYearMonth>(isMonth), {
    decode: (text, ctx) => {
      if (/^(?!0000)\d{4}-(0[1-9]|1[0-2])$/.test(text)) return Temporal.PlainYearMonth.from(text);
      const message = `must be a month, "2026-06"; read "${text.slice(0, 60)}"`;
      ctx.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    },
    encode: (value) => value.toString(),
  })
  .meta({ wire: { type: "string", pattern: "^\\d{4}-\\d{2}$", examples: ["2026-06"] } });

function isMonth(value: unknown) {
  return value instanceof Temporal.PlainYearMonth;
}

const items = z.array(slug<PriceItemId>()).max(1000).nullable().default(null);

/** What was agreed with one tenant on top of a price list. Amounts are of one month. */
export const agreementDocument = z
  .strictObject({
    list: slug<PriceListId>(),
    from: plainDate
      .nullable()
      .default(null)
      .describe("The first local day that it holds; null: the day that it is put."),
    until: plainDate
      .nullable()
      .default(null)
      .describe("The first local day that it holds no more; null: until a later one starts."),
    prices: z
      .array(z.strictObject({ item: slug<PriceItemId>(), price: amount }))
      .max(1000)
      .default([])
      .describe("Its own, flat, in place of the item's."),
    discounts: z
      .array(z.strictObject({ items: items.describe("Null: all."), off: share }))
      .max(1000)
      .default([])
      .describe("The first that names an item holds for it."),
    packages: z
      .array(
        z.strictObject({
          package: slug<PackageId>(),
          count: z.int().min(1).max(1_000_000).default(1),
          from: month,
          to: month.nullable().default(null).describe("The last month; null: each from then on."),
        }),
      )
      .max(1000)
      .default([]),
    commitment: z
      .strictObject({ amount, items: items.describe("What counts; null: the whole bill.") })
      .nullable()
      .default(null)
      .describe("What is missing to it is billed."),
    minimum: amount.nullable().default(null),
    cap: amount.nullable().default(null),
  })
  .meta({ id: "Agreement" });
export type AgreementJson = z.input<typeof agreementDocument>;

type Decoded = z.output<typeof agreementDocument>;

/** The domain's value of what was decoded. */
export const agreementOf = (document: Decoded, tenant: Agreement["tenant"]): Agreement => ({
  tenant,
  ...document,
});

/** What is to be encoded. */
export const agreementDocumentOf = ({ tenant: _tenant, ...one }: Agreement): Decoded => ({
  ...{ list: one.list, from: one.from, until: one.until },
  prices: one.prices.map((each) => ({ ...each })),
  discounts: one.discounts.map(({ items: named, off }) => ({ items: named && [...named], off })),
  packages: one.packages.map((each) => ({ ...each })),
  commitment: one.commitment && {
    amount: one.commitment.amount,
    items: one.commitment.items && [...one.commitment.items],
  },
  minimum: one.minimum,
  cap: one.cap,
});
