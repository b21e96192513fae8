import { z } from "zod";
import type { CardModelId, CentreId, JobId, KeyId, PoolId, TenantId } from "@wadi/core/units";
import { priorities } from "@wadi/core/job";
import { amount, duration, instant, slug, uuid } from "./codec.ts";
import { languageQuery, reason } from "./explanation.ts";
import { policyDocument } from "./policy.ts";
import { route } from "./route.ts";
import { snapshotDocument } from "./snapshot.ts";

/** A policy as it holds or held. Version 0 is what holds before anybody set one. */
export const policyView = z
  .object({
    version: z.int().min(0).describe("Grows by one with each change; every version is kept."),
    policy: policyDocument,
    madeAt: instant.nullable(),
    madeBy: uuid<KeyId>().nullable(),
  })
  .meta({ id: "PolicyVersion" });

/** One start, booked or at once, as one policy has it and the other has not. */
const plannedStart = z.object({
  job: uuid<JobId>(),
  tenant: slug<TenantId>(),
  pool: slug<PoolId>(),
  centre: slug<CentreId>(),
  startsAt: instant,
  cost: amount,
});

const plannedStop = z.object({
  job: uuid<JobId>(),
  pool: slug<PoolId>(),
  for: uuid<JobId>().describe("The job it would make room for; itself where it would move."),
  rule: z.enum(["class", "reclaim", "shorter", "moved"]),
  loss: amount,
});

const plannedHold = z.object({ tenant: slug<TenantId>(), reason });

const sideCounts = z.object({ before: z.int(), after: z.int() });
const changeOf = <T extends z.ZodType>(item: T) =>
  z.object({
    counts: sideCounts,
    onlyBefore: z.array(item).describe("Under the policy that holds, and not under the draft."),
    onlyAfter: z.array(item).describe("Under the draft, and not under the policy that holds."),
  });

/** What the plan of the present queue would change to. Lists are cut at `limit`, counts are not. */
export const policyDiff = z
  .object({
    at: instant,
    version: z.int().describe("Of the policy that holds."),
    looksAt: z.object({ jobs: z.int(), runs: z.int() }),
    placements: changeOf(plannedStart),
    bookings: changeOf(plannedStart),
    preemptions: changeOf(plannedStop),
    held: changeOf(plannedHold),
    cost: z
      .object({ before: amount, after: amount })
      .describe("Of all placements and bookings of each plan together, and of what it stops."),
  })
  .meta({ id: "PolicyDiff" });
export type PolicyDiff = z.output<typeof policyDiff>;

const cardWorth = z.object({
  pool: slug<PoolId>(),
  from: instant,
  perCardHour: z.array(amount).describe("In each hour from `from` on; nothing after the last."),
});

/** The plan beside its lower bound, as it was worked out last. */
export const certificateView = z
  .object({
    at: instant.describe("When the region was looked at for it."),
    age: duration,
    jobs: z.int().describe("Jobs that it counts."),
    cost: amount.describe("What they are expected to cost in total, waiting counted."),
    bound: amount.describe("No way of running them costs less."),
    gap: z.number().nullable().describe("How much the cost is above the bound, as a part of it."),
    rounds: z.int(),
    took: duration,
    worth: z
      .array(cardWorth)
      .describe("What one more card would be worth beyond its price; where it is nothing, none."),
  })
  .meta({ id: "PlanCertificate" });

const cardCount = z.number().describe("Cards; parts of cards as fractions.");
const utilisation = <T extends z.ZodType>(name: T) =>
  z.object({
    name,
    total: cardCount,
    used: cardCount,
    starting: cardCount.describe("Of those not used: what the next round would start."),
    free: cardCount,
    emulated: cardCount,
  });

const idlePool = z.object({
  pool: slug<PoolId>(),
  centre: slug<CentreId>(),
  model: slug<CardModelId>(),
  emulated: z.boolean(),
  free: cardCount,
  total: cardCount,
  because: z.array(reason).describe("What came nearest to taking its cards first."),
});

const queueRow = z.object({
  priority: z.enum(priorities),
  model: slug<CardModelId>().describe("What they would have first."),
  jobs: z.int(),
  cards: cardCount,
  longestWait: duration,
});

/** The region as its operator asks about it; codes and facts, each with its sentence. */
export const regionReportView = z
  .object({
    at: instant,
    looksAt: z
      .object({ jobs: z.int(), runs: z.int(), isAll: z.boolean() })
      .describe("Of each shape and tenant the oldest jobs only, where `isAll` is false."),
    certificate: certificateView.nullable(),
    binding: z.array(reason).describe("What holds waiting jobs back; most cards first."),
    scarceModels: z.array(reason),
    hot: z.array(reason).describe("Pools whose cards are worth more than their price, or full."),
    idle: z.array(idlePool),
    ahead: z.array(reason).describe("When one more card is worth how much; dearest first."),
    byCentre: z.array(utilisation(slug<CentreId>())),
    byModel: z.array(utilisation(slug<CardModelId>())),
    queue: z.array(queueRow).describe("Highest class first."),
  })
  .meta({ id: "RegionReport" });
export type RegionReportView = z.output<typeof regionReportView>;

const tag = "Dispatch";
export const dispatchRoutes = {
  readPolicy: route({
    method: "GET",
    path: "/v1/policy",
    needs: "dispatch:read",
    tag,
    status: 200,
    summary: "The policy of dispatch that holds, or an earlier version of it",
    query: z.strictObject({
      version: z.coerce.number().int().min(0).max(2_147_483_647).optional(),
    }),
    reply: policyView,
  }),
  putPolicy: route({
    method: "PUT",
    path: "/v1/policy",
    needs: "dispatch:write",
    tag,
    status: 200,
    summary: "Make the next version of the policy; it holds from the next round on",
    body: policyDocument,
    reply: policyView,
  }),
  diffPolicy: route({
    method: "POST",
    path: "/v1/policy/diff",
    needs: "dispatch:read",
    tag,
    status: 200,
    summary: "What the plan of the present queue would change to under a draft; changes nothing",
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(10_000).default(100) }),
    body: policyDocument,
    reply: policyDiff,
  }),
  reportRegion: route({
    method: "GET",
    path: "/v1/dispatch/report",
    needs: "dispatch:read",
    tag,
    status: 200,
    summary: "What holds jobs back, hot and idle pools, what cards are worth, cost and lower bound",
    query: languageQuery,
    reply: regionReportView,
  }),
  readSnapshot: route({
    method: "GET",
    path: "/v1/snapshot",
    needs: "dispatch:read",
    tag,
    status: 200,
    summary: "All that a round looks at now: region, queue and runs, for the simulator",
    query: z.strictObject({
      perGroup: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(10_000)
        .describe("Of each shape and tenant so many jobs, oldest first."),
    }),
    reply: snapshotDocument,
  }),
} as const;
