import { z } from "zod";
import {
  noMoney,
  type CardModelId,
  type CentreId,
  type JobId,
  type PlaceId,
  type PoolId,
} from "@wadi/core/units";
import { amount, byteCount, duration, instant, slug, uuid } from "./codec.ts";

/** A reason as a code that never changes, its facts, and a sentence for people. */
export const reason = z
  .object({
    code: z.string(),
    sentence: z.string(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Reason" });

/** In which language sentences are told; codes and facts are the same in each. */
export const languageQuery = z.strictObject({
  language: z
    .enum(["en", "zh"])
    .optional()
    .describe("Of sentences; else what Accept-Language prefers, else English."),
});

/** The total cost of running in one pool, part by part; `total` is their sum. */
export const costView = z
  .object({
    compute: amount,
    data: amount,
    waiting: amount,
    loss: amount,
    power: amount,
    carbon: amount.default(noMoney),
    total: amount,
  })
  .meta({ id: "Cost" });

/** When a job that waits is expected to start, as of the last look at the queue. */
export const estimatedStart = z
  .object({
    p50: instant.describe("As likely before as after."),
    p90: instant.describe("Nine out of ten start before."),
    pool: slug<PoolId>().nullable().describe("Where its start is booked; null: not booked."),
  })
  .meta({ id: "EstimatedStart" });

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
    estimatedStart: estimatedStart.nullable().default(null),
    reason: reason.nullable(),
  })
  .meta({ id: "Quote" });

/** A change that was tried and would start the job, or start it sooner, or make it possible. */
export const helpView = z
  .object({
    sentence: z.string(),
    changes: z.array(
      z.object({
        code: z.string(),
        facts: z.record(z.string(), z.union([z.string(), z.number()])),
        by: z.enum(["tenant", "operator"]).describe("Who can do it."),
      }),
    ),
    starts: z.enum(["now", "at", "possible"]),
    startsAt: instant.nullable().describe("Where `starts` is at."),
    cost: costView.nullable().describe("In total where it would run then."),
  })
  .meta({ id: "Help" });

export const explanation = z
  .object({
    job: uuid<JobId>(),
    at: instant.describe("When this was decided."),
    /** placed: the decision of its last placement; waiting: as of now. */
    kind: z.enum(["placed", "waiting", "blocked", "ended"]),
    sentence: z.string(),
    candidates: z.array(candidateView),
    reasons: z.array(reason),
    estimatedStart: estimatedStart
      .nullable()
      .default(null)
      .describe("Of a job that waits; null where nothing is known, or it cannot start at all."),
    impossible: reason
      .nullable()
      .default(null)
      .describe("The one constraint for which it can never start as things stand."),
    why: reason
      .nullable()
      .default(null)
      .describe("What it waits for where that is not room: a cheaper hour, a quota, a bound."),
    checkpoint: z
      .object({
        centre: slug<CentreId>(),
        place: slug<PlaceId>(),
        bytes: byteCount.describe("Rounded up to two digits."),
        sentence: z.string(),
      })
      .nullable()
      .default(null)
      .describe("What an earlier run kept: bringing it elsewhere counts as data to bring."),
    booking: z
      .object({ pool: slug<PoolId>(), startsBy: instant, sentence: z.string() })
      .nullable()
      .default(null)
      .describe("Its start as the last round has promised it."),
    help: z
      .array(helpView)
      .default([])
      .describe("What would start it now or sooner; what gives up least first."),
  })
  .meta({ id: "Explanation" });
