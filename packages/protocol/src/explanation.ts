import { z } from "zod";
import type { CardModelId, CentreId, JobId, PoolId } from "@wadi/core/units";
import { amount, duration, instant, slug, uuid } from "./codec.ts";

/** A reason as a code that never changes, its facts, and a sentence for people. */
export const reason = z
  .object({
    code: z.string(),
    sentence: z.string(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Reason" });

/** The total cost of running in one pool, part by part; `total` is their sum. */
export const costView = z
  .object({
    compute: amount,
    data: amount,
    waiting: amount,
    loss: amount,
    power: amount,
    total: amount,
  })
  .meta({ id: "Cost" });

/** What one pool would mean for the job. */
export const candidateView = z
  .object({
    centre: slug<CentreId>(),
    pool: slug<PoolId>(),
    model: slug<CardModelId>(),
    cards: z.int().describe("All replicas together."),
    emulated: z.boolean(),
    verdict: z
      .enum(["chosen", "possible", "busy", "refused"])
      .describe(
        "chosen: cheapest that can start now; possible: dearer; busy: fits later; refused: never.",
      ),
    cost: costView.nullable(),
    startsIn: duration.nullable().describe("Time to move its data; null when it cannot start now."),
    expectedRunTime: duration.nullable(),
    reason: reason.nullable().describe("Why it was not chosen; null for the chosen one."),
  })
  .meta({ id: "Candidate" });

export const quote = z
  .object({
    at: instant,
    candidates: z.array(candidateView).describe("Cheapest first; what is refused comes last."),
    mostItCanCost: amount.describe("What a submission would hold: voucher and cash."),
    voucherPart: amount.describe("Of that, what the tenant's voucher would cover."),
    verdict: z.enum(["starts-now", "waits", "impossible"]),
    reason: reason.nullable(),
  })
  .meta({ id: "Quote" });

export const explanation = z
  .object({
    job: uuid<JobId>(),
    at: instant.describe("When this was decided."),
    /** placed: the decision of its last placement; waiting: as of now. */
    kind: z.enum(["placed", "waiting", "blocked", "ended"]),
    sentence: z.string(),
    candidates: z.array(candidateView),
    reasons: z.array(reason),
  })
  .meta({ id: "Explanation" });
