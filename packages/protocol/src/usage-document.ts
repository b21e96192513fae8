import { z } from "zod";
import { bases, measureNames, type UsageLine } from "@wadi/core/metering";
import { priceUnitNames, sizeOf, unitsFor } from "@wadi/core/rating";
import { month } from "./agreement.ts";
import { instant } from "./codec.ts";
import { attributeName, attributeValue, unitCount, usualBasis } from "./price-list.ts";

const line = z
  .strictObject({
    measure: z.enum(measureNames),
    basis: z.enum(bases).optional(),
    attributes: z.record(attributeName, attributeValue).default({}),
    from: instant,
    to: instant,
    quantity: unitCount,
    unit: z
      .enum(priceUnitNames)
      .optional()
      .describe("Of the quantity; left out: the measure's own step, such as card-seconds."),
    width: z.int().min(1).max(10_000_000).default(1).describe("Cards held side by side."),
    use: z.string().min(1).max(128).optional().describe("Lines of one use round up together."),
  })
  .refine((one) => Temporal.Instant.compare(one.from, one.to) <= 0, "ends before it starts")
  .refine(
    ({ measure, unit }) => unit === undefined || unitsFor(measure).includes(unit),
    "has a unit of another measure",
  )
  .refine(
    ({ quantity, unit }) => (quantity * (unit ? sizeOf(unit) : 1n)) % 1_000_000n === 0n,
    "has a quantity that is no whole number of what is metered; use fewer decimals",
  );

/** A month's usage as people write it down, to see what it would cost. */
export const usageDocument = z.strictObject({ month, lines: z.array(line).max(1_000_000) });

/** The domain's lines of what was decoded. */
export const usageOfDocument = ({ lines }: z.output<typeof usageDocument>): UsageLine[] =>
  lines.map(({ unit, quantity, basis, use, ...one }, i) => ({
    ...one,
    ref: `line/${String(i + 1).padStart(7, "0")}`,
    use: use ?? `line/${i + 1}`,
    basis: basis ?? usualBasis(one.measure),
    quantity: (quantity * (unit ? sizeOf(unit) : 1n)) / 1_000_000n,
  }));
