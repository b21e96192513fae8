import type { FundId, ProgrammeId } from "@wadi/core/units";
import { inKindUnits, levelNames, type Decision, type Progress } from "@wadi/core/vouchers";
import { plainDate, slug } from "@wadi/protocol";
import { z } from "zod";

/*
 * A decision and a claim's progress as they are stored: every whole number is a decimal string, so
 * that nothing passes through a float on its way.
 */

const whole = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => `${value}`,
});
const text = z.string();
const amounts = z.object({ code: text, amount: whole });

const row = z.object({
  row: z.int(),
  lines: z.array(text),
  base: whole,
  rate: whole.nullable(),
  amount: whole,
});

const part = z.object({
  code: text,
  payee: z.enum(["applicant", "supplier"]),
  base: whole,
  amount: whole,
  granted: whole,
  borne: z.array(z.object({ payer: text, amount: whole })),
  surpassedBy: text.nullable(),
  rows: z.array(row),
  before: z.object({ base: whole, amount: whole }),
});

const inKind = z.object({
  code: text,
  unit: z.enum(inKindUnits),
  lines: z.array(text).default([]),
  asked: whole,
  granted: whole,
  refused: z.array(amounts),
});

const document = z.object({
  outcome: z.enum(["granted", "refused", "incomplete"]),
  programme: slug<ProgrammeId>(),
  version: z.int(),
  decidedOn: plainDate,
  base: whole,
  parts: z.array(part),
  granted: whole,
  inKind: z.array(inKind),
  refused: z.array(amounts.extend({ by: text })),
  excluded: z.array(z.object({ line: text, code: text, amount: whole })),
  missing: z.array(z.record(z.string(), z.unknown())),
  touched: z.array(
    z.object({
      code: text,
      key: text,
      also: z.array(text),
      before: whole,
      by: whole,
      after: whole,
      limit: whole.nullable(),
    }),
  ),
  payers: z.array(
    z.object({ payer: text, level: z.enum(levelNames), fund: slug<FundId>(), amount: whole }),
  ),
});

/** Between a decision and its JSON. */
export const decisionDocument = z.codec(document, z.custom<Decision>(), {
  decode: (value) => value as unknown as Decision,
  encode: (value) => value as unknown as z.output<typeof document>,
});

const sums = z.record(z.string(), whole);
const progress = z.object({
  ...{ settled: sums, redeemed: sums, released: sums },
  used: z.record(z.string(), z.partialRecord(z.enum(inKindUnits), whole)).default({}),
  ...{ drawn: sums.default({}), givenBack: sums.default({}) },
});

/** Between a claim's progress and its JSON. */
export const progressDocument = z.codec(progress, z.custom<Progress>(), {
  decode: (value) => value as unknown as Progress,
  encode: (value) => value as unknown as z.output<typeof progress>,
});
