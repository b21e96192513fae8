import type { Id, KeyId, ProgrammeId, TenantId } from "@wadi/core/units";
import { z } from "zod";

import type { ClaimId } from "./claims.ts";
import { amount, instant, plainDate, slug, uuid } from "./codec.ts";
import { pageOf, pageQuery, route } from "./route.ts";

/** One proposal of what the claims of a window get. */
export type RoundId = Id<"round">;

const windowName = z
  .string()
  .min(1)
  .max(64)
  .describe("`1` for the first window of the rules, `2026-Q1` for one of each quarter.");

export const roundView = z
  .object({
    id: uuid<RoundId>(),
    programme: slug<ProgrammeId>(),
    version: z.int(),
    window: windowName,
    until: plainDate.nullable().describe("The last day of application; null: no window ends."),
    isClosing: z.boolean().describe("Claims that were not through are left to the next round."),
    decidedOn: plainDate,
    claims: z.int(),
    grants: z.int(),
    granted: amount,
    proposedBy: uuid<KeyId>(),
    proposedAt: instant,
    approvedBy: uuid<KeyId>().nullable(),
    approvedAt: instant.nullable().describe("null: proposed only; nobody was granted anything."),
  })
  .meta({ id: "Round" });
export type RoundView = z.output<typeof roundView>;

const windowView = z
  .object({
    version: z.int(),
    window: windowName,
    until: plainDate.nullable().describe("The last day of application; null: no window ends."),
    isOver: z.boolean().describe("Nobody can apply for it any more."),
    gathered: z.int().describe("Claims that wait for the round."),
    reviewing: z.int().describe("Claims with the offices."),
    incomplete: z.int().describe("Claims that lack something."),
    round: roundView.nullable().describe("What was approved, or else proposed last."),
  })
  .meta({ id: "ClaimWindow" });

const placeView = z
  .object({
    place: z.int().describe("From 1, in the order in which claims are taken."),
    claim: uuid<ClaimId>(),
    tenant: slug<TenantId>(),
    rank: z.int().nullable().describe("null: after all that have one."),
    points: z.int(),
    share: amount.nullable().describe("What of the budget is for it; null: all that is left."),
    isOut: z.boolean().describe("Others had more points."),
    outcome: z.enum(["granted", "refused", "incomplete"]),
    granted: amount,
    refused: z.array(z.object({ code: z.string(), amount })),
  })
  .meta({ id: "RoundPlace" });
export type RoundPlaceView = z.output<typeof placeView>;

const programmeParams = z.strictObject({ id: slug<ProgrammeId>() });
const roundParams = programmeParams.extend({ round: uuid<RoundId>() });
const tag = "Vouchers";

/** Claims that are decided together. */
export const roundRoutes = {
  listRounds: route({
    method: "GET",
    path: "/v1/programmes/:id/rounds",
    needs: "programmes:read",
    tag,
    status: 200,
    summary: "Windows of a programme that decides claims together, and how their rounds stand",
    params: programmeParams,
    reply: z.object({ items: z.array(windowView) }),
  }),
  proposeRound: route({
    method: "POST",
    path: "/v1/programmes/:id/rounds",
    needs: "programmes:write",
    tag,
    status: 201,
    summary: "Work out what a round gives each claim, for another person to approve",
    params: programmeParams,
    body: z.strictObject({
      window: windowName.nullable().default(null).describe("null: the first that is open."),
      version: z.int().min(1).nullable().default(null).describe("Of the rules; null: the oldest."),
      close: z
        .boolean()
        .default(false)
        .describe(
          "Leave claims that are not through to the next round; refuse them if none comes.",
        ),
    }),
    reply: roundView,
  }),
  listRoundPlaces: route({
    method: "GET",
    path: "/v1/programmes/:id/rounds/:round/places",
    needs: "programmes:read",
    tag,
    status: 200,
    summary: "What a round gives each claim and why not more, in the order of taking",
    params: roundParams,
    query: pageQuery,
    reply: pageOf(placeView),
  }),
  approveRound: route({
    method: "POST",
    path: "/v1/programmes/:id/rounds/:round/approval",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Decide a round as another person proposed it, all of it or nothing",
    params: roundParams,
    reply: roundView,
  }),
} as const;
