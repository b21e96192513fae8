import type { FundId, ProgrammeId } from "@wadi/core/units";
import type { Case, Refusal } from "@wadi/core/vouchers";
import { z } from "zod";
import { caseFields, settlementFields } from "./claim-case.ts";
import type { ClaimId } from "./claims.ts";
import { amount, instant, plainDate, sequence, slug, uuid } from "./codec.ts";
import { programmeRules } from "./programme.ts";

/*
 * What a bundle has of claims: enough to decide them anew, and to redeem their bills. How the
 * applicant is paid and reached is not in it.
 */

const { contact: _, ...deciding } = caseFields;
const id = z.string().min(1).max(256);

const claimCase = z.codec(
  z.strictObject({ claim: id, applicant: id, appliedOn: plainDate, ...deciding }),
  z.custom<Case>(),
  {
    decode: (value) => value as Case,
    encode: (value) => value as never,
  },
);

const code = z.string().max(256);
const refused = z.array(
  z.strictObject({ code, by: z.string() as unknown as z.ZodType<Refusal["by"]>, amount }),
);
const payers = z.array(z.strictObject({ payer: code, fund: slug<FundId>(), amount }));

/** What was added to a counter, which may be below 0: micro-yuan, or a count. */
const step = z
  .codec(z.string(), z.custom<bigint>(), {
    decode: (text, ctx) => {
      if (/^-?\d{1,30}$/.test(text)) return BigInt(text);
      ctx.issues.push({ code: "custom", message: `must be a whole number`, input: text });
      return z.NEVER;
    },
    encode: (value) => `${value}`,
  })
  .meta({ wire: { type: "string", pattern: "^-?\\d+$", description: "Micro-yuan, or a count." } });

const key = z.string().max(2048);
const counted = z.array(z.strictObject({ key, by: step }));

const bundleDecision = z.strictObject({
  decidedOn: plainDate,
  base: amount,
  granted: amount,
  parts: z.array(
    z.strictObject({
      code,
      payee: z.enum(["applicant", "supplier"]),
      base: amount,
      amount,
      granted: amount,
      borne: z.array(z.strictObject({ payer: code, amount })),
    }),
  ),
  inKind: z.array(
    z.strictObject({
      code,
      unit: z.enum(["card-hours", "tokens"]),
      asked: sequence,
      granted: sequence,
    }),
  ),
  refused,
  excluded: z.array(z.strictObject({ line: z.string(), code, amount })),
  payers,
  counters: z
    .array(z.strictObject({ code, key, before: step, by: step }))
    .describe("All that it looked at: how each stood before, others' claims included."),
});

/** What a round left for a claim. */
const turn = z.strictObject({
  budget: z.union([z.literal("unbounded"), amount]).nullable(),
  isOut: z.boolean(),
});

const redemption = z.strictObject({
  at: instant,
  settlement: z.strictObject(settlementFields),
  outcome: z.enum(["redeemed", "refused", "incomplete"]),
  settled: amount,
  redeemed: amount,
  applicantPays: amount,
  released: amount,
  refused,
  payers,
  counters: counted,
});

export const bundleClaim = z
  .strictObject({
    claim: uuid<ClaimId>(),
    programme: slug<ProgrammeId>(),
    version: z.int().min(1).describe("Of the rules that decided it."),
    case: claimCase.describe("As it was decided."),
    decision: bundleDecision,
    turn: turn.nullable().describe("What a round left for it; null: it was decided alone."),
    issuedOn: plainDate,
    redemptions: z.array(redemption).describe("Bills under it, in the order they came."),
    end: z
      .strictObject({
        at: instant,
        how: z.enum(["expire", "withdraw", "claw-back"]),
        released: amount,
        counters: counted,
      })
      .nullable(),
    byJobs: amount.describe("What is noted of it as used by jobs."),
  })
  .describe("A claim that was granted, with all that it was decided by but its rules.");

export const bundleRules = z.strictObject({ rules: programmeRules, approvedAt: instant });
