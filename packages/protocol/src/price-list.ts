import { z } from "zod";
import { weekdays } from "@wadi/core/capacity";
import { bases, measureNames, type Measure } from "@wadi/core/metering";
import {
  grains,
  priceGrades,
  priceUnitNames,
  type PackageId,
  type PriceItem,
  type PriceItemId,
  type PriceListDraft,
  type PriceListId,
  type Pricing,
} from "@wadi/core/rating";
import { formatDecimal, parseDecimal } from "@wadi/core/units";
import { amount, plainDate, slug } from "./codec.ts";

/*
 * A price list as people write it, in YAML or JSON: files and the API have the same grammar.
 * Unknown fields are refused. What one field alone cannot show, such as a gap between two versions,
 * is core's to check.
 */

/** A decimal with at most six decimals, kept times a million. */
export const unitCount = z
  .codec(z.string(), z.custom<bigint>(isBigint), {
    decode: (text, ctx) => {
      const value = parseDecimal(text, 6);
      if (value !== undefined && value >= 0n) return value;
      const right = 'a decimal with at most six decimals, "1000"';
      const message = `must be ${right}; read "${text.slice(0, 60)}"`;
      ctx.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    },
    encode: (value) => formatDecimal(value, { scale: 6, leastDecimals: 0 }),
  })
  .meta({ wire: { type: "string", pattern: "^\\d+(\\.\\d{1,6})?$", examples: ["1000"] } });

function isBigint(value: unknown) {
  return typeof value === "bigint";
}

export const bilingual = z.strictObject({
  en: z.string().min(1).max(200),
  zh: z.string().min(1).max(200),
});

/** A name of an attribute, and its values: short words. */
export const attributeName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be 1 to 32 lower-case letters, digits and hyphens");
export const attributeValue = z.string().min(1).max(128);

const steps = z
  .array(
    z.strictObject({
      upTo: unitCount.nullable().describe("In units of `per`, this included; null: all above."),
      price: amount,
    }),
  )
  .min(1)
  .max(100);

const times = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .max(7)
    .default([...weekdays]),
  fromHour: z.int().default(0).describe("0 to 23"),
  toHour: z.int().default(24).describe("1 to 24; that hour is not in it any more."),
});

const item = z
  .strictObject({
    id: slug<PriceItemId>(),
    measure: z.enum(measureNames),
    basis: z
      .enum(bases)
      .optional()
      .describe("allocated or used; default: allocated for card-seconds and work, else used."),
    where: z
      .record(attributeName, z.array(attributeValue).max(1000))
      .default({})
      .describe("Each attribute must be one of these; what is not named may be anything."),
    times: z.array(times).max(100).default([]).describe("Local hours it holds in; empty: all."),
    per: z.enum(priceUnitNames).describe("What one price is for."),
    grain: z
      .enum(grains)
      .nullable()
      .default(null)
      .describe("What each use is rounded up to; null: paid as metered."),
    price: amount.optional(),
    graduated: steps.optional().describe("Each step's price is for what lies in that step."),
    volume: steps.optional().describe("The step the month reaches prices all of it."),
  })
  .refine(
    (one) => [one.price, one.graduated, one.volume].filter((way) => way !== undefined).length === 1,
    "needs one of price, graduated and volume, and no more",
  );

const packageRules = z.strictObject({
  id: slug<PackageId>(),
  name: bilingual,
  price: amount,
  quantity: unitCount.describe("In the unit of its items."),
  items: z.array(slug<PriceItemId>()).max(1000).describe("What it can be used for."),
  carryMonths: z
    .int()
    .nullable()
    .default(0)
    .describe("What is left can be used for so many months more; null: for ever."),
});

const listVersion = z.strictObject({
  from: plainDate.nullable().default(null).describe("The first local day; null: always so far."),
  to: plainDate.nullable().default(null).describe("The first local day it holds no more."),
  items: z.array(item).max(10_000).describe("The first that fits a use prices it."),
  free: z
    .array(z.enum(measureNames))
    .default([])
    .describe("Measures that cost nothing where no item fits; else such usage has no price."),
  packages: z.array(packageRules).max(1000).default([]),
});

/** A price list as it travels: replies have every field. */
export const priceListDocument = z
  .strictObject({
    version: z.literal(1).describe("Of this grammar."),
    id: slug<PriceListId>(),
    name: bilingual,
    timeZone: z.string().describe("Of its days, hours and billing months."),
    source: z.strictObject({
      text: z.string().min(1).max(1000).describe("Where the prices were seen."),
      url: z.string().max(1000).nullable().default(null),
      grade: z.enum(priceGrades),
    }),
    rounding: z
      .strictObject({
        to: z.enum(["micro-yuan", "fen"]).default("micro-yuan"),
        direction: z.enum(["down", "up"]).default("up"),
      })
      .prefault({})
      .describe("Of a month's bill: rounded once, as a whole."),
    versions: z.array(listVersion).max(1000),
  })
  .meta({ id: "PriceList" });
export type PriceListJson = z.input<typeof priceListDocument>;

/** Decodes what people write into the domain's value, and encodes it back whole. */
export const priceListSpec = z.codec(priceListDocument, z.custom<PriceListDraft>(), {
  decode: priceListOf,
  encode: priceListDocumentOf,
});

type Decoded = z.output<typeof priceListDocument>;
type DecodedItem = Decoded["versions"][number]["items"][number];

/** The domain's value of what was decoded. */
export function priceListOf({ version: _version, ...list }: Decoded): PriceListDraft {
  return {
    ...list,
    versions: list.versions.map((one) => ({ ...one, items: one.items.map(itemOf) })),
  };
}

/** What is to be encoded. */
export function priceListDocumentOf(list: PriceListDraft): Decoded {
  return {
    version: 1,
    ...{ id: list.id, name: list.name, timeZone: list.timeZone },
    ...{ source: list.source, rounding: list.rounding },
    versions: list.versions.map(({ from, to, items, free, packages }) => ({
      ...{ from, to, free: [...free] },
      items: items.map(documentOfItem),
      packages: packages.map((one) => ({ ...one, items: [...one.items] })),
    })),
  };
}

function itemOf({ price, graduated, volume, basis, ...rest }: DecodedItem): PriceItem {
  return { ...rest, basis: basis ?? usualBasis(rest.measure), pricing: pricingOf() };

  function pricingOf(): Pricing {
    if (price !== undefined) return { kind: "flat", price };
    if (graduated) return { kind: "graduated", steps: graduated };
    return { kind: "volume", steps: volume ?? [] };
  }
}

function documentOfItem({ pricing, where, times: hours, ...rest }: PriceItem): DecodedItem {
  const common = {
    ...rest,
    where: Object.fromEntries(Object.entries(where).map(([name, values]) => [name, [...values]])),
    times: hours.map((one) => ({ ...one, days: [...one.days] })),
  };
  if (pricing.kind === "flat") return { ...common, price: pricing.price };
  return { ...common, [pricing.kind]: pricing.steps.map((one) => ({ ...one })) };
}

/** Cards are paid for when set aside, all else when used. */
export const usualBasis = (measure: Measure) =>
  measure === "card-seconds" || measure === "work" ? "allocated" : "used";
