import type { FundId } from "@wadi/core/units";
import { levelNames, periodNames, type Part, type PartRule } from "@wadi/core/vouchers";
import { z } from "zod";

import { slug, wholeNumber } from "./codec.ts";
import { lawAmount, lawRate } from "./law-values.ts";
import { condition } from "./programme-condition.ts";

export const words = z
  .strictObject({ en: z.string().min(1).max(2000), zh: z.string().min(1).max(2000) })
  .describe("In English and in Chinese.");

/** A name within the programme: what refusals and statements say. */
export const code = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "must be lower-case letters, digits and inner hyphens")
  .max(64);

export const when = condition.nullable().default(null);
export const level = z.enum(levelNames);

/** The time over which amounts are added up. */
export const period = z
  .union([z.enum(periodNames), z.strictObject({ years: z.int().min(1).max(50) })])
  .describe("none: for ever; { years: 3 }: this calendar year and the two before it.");

const over = z.enum(["claim", "calendar-year", "half-year", "quarter", "month"]);
const count = wholeNumber<bigint>("units");

const rates = z
  .array(z.strictObject({ when, rate: lawRate }))
  .min(1)
  .max(200)
  .describe("Each line takes the first row whose `when` holds.");

const bands = z
  .strictObject({
    counting: z
      .enum(["marginal", "whole"])
      .describe("marginal: each yuan at the rate of its band; whole: all at the last band's."),
    over: over.describe("What is added up: this claim, or the applicant's spend of a period."),
    rows: z
      .array(
        z.strictObject({
          from: lawAmount.describe("Included."),
          to: lawAmount.nullable().describe("Not included; null: no end."),
          rate: lawRate,
        }),
      )
      .min(1)
      .max(200),
  })
  .describe("The rate depends on how much was spent.");

const once = z
  .strictObject({
    rows: z
      .array(z.strictObject({ when, amount: lawAmount }))
      .min(1)
      .max(200),
    per: z.enum(["claim", "contract", "applicant", "project"]),
  })
  .describe("An amount that does not depend on the spend, once for each of `per`.");

const inKind = z
  .strictObject({
    unit: z.enum(["card-hours", "tokens"]),
    share: lawRate.default(1_000_000n as never).describe("Of what is asked."),
    most: count.nullable().default(null).describe("For one claim; null: no such bound."),
    quotas: z
      .array(
        z.strictObject({
          code,
          per: z.enum(["applicant", "project", "supplier", "programme"]),
          period: period.default("none"),
          amount: count,
        }),
      )
      .max(50)
      .default([]),
  })
  .describe("Card-hours or tokens in place of money.");

const ruleFields = {
  rates: rates.optional(),
  bands: bands.optional(),
  once: once.optional(),
  spendThenFull: z
    .strictObject({ spend: lawAmount, full: lawAmount, over })
    .optional()
    .describe("Who has spent `spend` has the next `full` paid in full."),
  coFund: z
    .strictObject({ levels: z.array(level).min(1), rate: lawRate })
    .optional()
    .describe("A share of what funds of other levels granted for the same contract."),
  inKind: inKind.optional(),
  faces: z
    .strictObject({ amounts: z.array(lawAmount).min(1).max(100), fill: z.enum(["one", "many"]) })
    .optional()
    .describe("Vouchers come in these faces only; beside rates or bands."),
} as const;
const ruleNames = ["rates", "bands", "once", "spendThenFull", "coFund", "inKind"] as const;

const writtenPart = z.strictObject({
  code,
  text: words,
  when: when.describe("May ask about lines: then only the lines where it holds count."),
  ...ruleFields,
  payee: z.enum(["applicant", "supplier"]).default("applicant"),
  payers: z
    .array(code)
    .min(1)
    .nullable()
    .default(null)
    .describe("Codes of the payers that bear it, in their order; null: all of them."),
});

/** One share of what is granted; it has exactly one rule. */
export const part = z
  .codec(writtenPart, z.custom<Part>(), {
    decode: (fields, ctx) => {
      const names = ruleNames.filter((name) => fields[name] !== undefined);
      const wrong = (message: string, path: string[] = []) => {
        ctx.issues.push({ code: "custom", message, input: fields, path });
        return z.NEVER;
      };
      const [name] = names;
      if (name === undefined || names.length > 1) {
        const have = names.length === 0 ? "none of them" : names.join(" and ");
        return wrong(`must have exactly one of ${ruleNames.join(", ")}; it has ${have}`);
      }
      const { code: own, text, when: on, payee, payers, faces } = fields;
      if (faces && name !== "rates" && name !== "bands") {
        return wrong("goes with rates or bands only", ["faces"]);
      }
      const rule = { [name]: fields[name], ...(faces && { faces }) } as unknown as PartRule;
      return { code: own, text, when: on, rule, payee, payers };
    },
    encode: ({ rule, ...rest }) =>
      ({ ...rest, ...rule }) as unknown as z.output<typeof writtenPart>,
  })
  .meta({ id: "ProgrammePart" });

export const payer = z.strictObject({
  code,
  text: words,
  level,
  fund: slug<FundId>(),
  share: lawRate.default(1_000_000n as never).describe("Against the shares of the others."),
  budget: z
    .strictObject({ amount: lawAmount, period: period.default("none") })
    .nullable()
    .default(null),
});
