import type { Id, KeyId, ProgrammeId, TenantId } from "@wadi/core/units";
import { inKindUnits } from "@wadi/core/vouchers";
import { z } from "zod";

import { broughtFields, caseFields, settlementFields } from "./claim-case.ts";
import { amount, instant, plainDate, slug, inKindCount, uuid } from "./codec.ts";
import { boardView, unitSums } from "./programme-board.ts";
import { words } from "./programme-parts.ts";
import { programmeDocument } from "./programme.ts";
import { pageOf, pageQuery, route } from "./route.ts";
import { signalView } from "./signals.ts";

export type ClaimId = Id<"claim">;

/** Rules of a programme as they are stored. */
const rulesView = z
  .object({
    rules: programmeDocument,
    putBy: uuid<KeyId>(),
    putAt: instant,
    approvedBy: uuid<KeyId>().nullable(),
    approvedAt: instant.nullable().describe("null: a draft, not in force."),
  })
  .meta({ id: "ProgrammeRulesVersion" });

const refusal = z.object({
  code: z.string(),
  by: z.string(),
  amount,
  text: words.describe("What the code means, in the words of the rules."),
});
const missing = z.object({
  kind: z.enum(["fact", "evidence"]),
  name: z.string(),
  line: z.string().nullable(),
  for: z.string(),
  because: z.string().nullable(),
  text: words.describe("What it is."),
  forText: words.describe("What asks for it."),
});

const unit = z.enum(inKindUnits);
const unitRefusal = z.object({ code: z.string(), amount: inKindCount, text: words });

/** What was decided, with every reason; counters and shares as text. */
export const decisionView = z
  .object({
    outcome: z.enum(["granted", "refused", "incomplete"]),
    decidedOn: plainDate,
    base: amount,
    granted: amount,
    parts: z.array(
      z.object({ code: z.string(), base: amount, amount, granted: amount, payee: z.string() }),
    ),
    inKind: z
      .array(
        z.object({
          ...{ code: z.string(), unit, asked: inKindCount, granted: inKindCount },
          refused: z.array(unitRefusal),
        }),
      )
      .describe("Card-hours and tokens in place of money, by part."),
    refused: z.array(refusal),
    excluded: z.array(z.object({ line: z.string(), code: z.string(), amount, text: words })),
    missing: z.array(missing).describe("What a claim waits for that is incomplete; else none."),
    payers: z.array(z.object({ payer: z.string(), fund: z.string(), amount })),
  })
  .meta({ id: "ClaimDecision" });

const claimEvent = z.object({
  at: instant,
  by: uuid<KeyId>().nullable().describe("null: the hub itself, as time went by."),
  action: z.string(),
  from: z.string(),
  to: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

/** A claim as it stands. */
export const claimView = z
  .object({
    id: uuid<ClaimId>(),
    programme: slug<ProgrammeId>(),
    version: z.int(),
    tenant: slug<TenantId>(),
    contract: z.string(),
    state: z.string(),
    stage: z.string().nullable().describe("Whose review it waits for; null: nobody's."),
    waitsFor: z
      .object({ window: z.string(), from: plainDate.nullable(), until: plainDate.nullable() })
      .nullable()
      .describe(
        "Of a gathered claim: the window whose round decides it, and the days on which claims " +
          "are taken for it (null: every day, until somebody closes the round).",
      ),
    decision: decisionView
      .nullable()
      .describe("Until its round a gathered claim's says what it gets if there is enough."),
    raised: z
      .array(z.object({ cap: z.string(), limit: amount }))
      .describe("Caps that two persons of the fund raised for it, as it was last decided."),
    granted: amount,
    redeemed: amount,
    released: amount,
    inKind: z.array(unitSums.extend({ part: z.string() })).describe("Empty until it is issued."),
    appliedAt: instant,
    issuedOn: plainDate.nullable(),
    lastDay: plainDate.nullable().describe("The last on which a bill counts; null: no end."),
    noticeUntil: plainDate.nullable(),
  })
  .meta({ id: "Claim" });
export type ClaimView = z.output<typeof claimView>;

/** What of its voucher was given to sub-accounts. */
export const partViews = z.array(z.object({ tenant: slug<TenantId>(), amount }));

const evidenceBody = z.strictObject({
  kind: z.string().min(1).max(64),
  sha256: caseFields.evidence.unwrap().element.shape.sha256,
  madeOn: plainDate.nullable().default(null),
  validUntil: plainDate.nullable().default(null),
});

/** What persons do with a claim. What each means and who may: the table in docs/claims.md. */
const moveBody = z.strictObject({
  move: z.string().min(1).max(64),
  note: z.string().max(2000).default("").describe("The reason, in words for the applicant."),
});

const redemptionView = z
  .object({
    outcome: z.enum(["redeemed", "refused", "incomplete"]),
    settled: amount,
    redeemed: amount,
    applicantPays: amount,
    released: amount,
    inKind: z.array(
      z.object({
        ...{ code: z.string(), unit, used: inKindCount, drawn: inKindCount, released: inKindCount },
        refused: z.array(unitRefusal),
      }),
    ),
    refused: z.array(refusal),
    missing: z.array(missing),
  })
  .meta({ id: "Redemption" });

const programmeParams = z.strictObject({ id: slug<ProgrammeId>() });
const claimParams = z.strictObject({ id: uuid<ClaimId>() });
const tag = "Vouchers";

export const claimRoutes = {
  readProgrammeRules: route({
    method: "GET",
    path: "/v1/programmes/:id/rules",
    needs: "programmes:read",
    tag,
    status: 200,
    summary: "A programme's rules: the last version, or the one asked for",
    params: programmeParams,
    query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
    reply: rulesView,
  }),
  putProgrammeRules: route({
    method: "PUT",
    path: "/v1/programmes/:id/rules",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Put a draft of the next version; it holds once another person approves it",
    params: programmeParams,
    body: programmeDocument,
    reply: rulesView,
  }),
  approveProgrammeRules: route({
    method: "POST",
    path: "/v1/programmes/:id/rules/:version/approval",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Approve a draft that somebody else put",
    params: programmeParams.extend({ version: z.coerce.number().int().min(1) }),
    reply: rulesView,
  }),
  putOffices: route({
    method: "PUT",
    path: "/v1/programmes/:id/offices",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Name the persons who speak for the offices of a programme's reviews",
    params: programmeParams,
    body: z.strictObject({
      members: z
        .array(z.strictObject({ office: z.string().min(1).max(64), key: uuid<KeyId>() }))
        .max(1000)
        .describe("By their keys. An office without anybody named: any officer of the fund."),
    }),
    reply: z.object({
      members: z.array(z.object({ office: z.string(), key: uuid<KeyId>() })),
    }),
  }),
  applyForVoucher: route({
    method: "POST",
    path: "/v1/programmes/:id/claims",
    needs: "claims:apply",
    tag,
    status: 201,
    summary: "Claim a voucher for a contract; what is missing is listed, not refused",
    idempotent: true,
    params: programmeParams,
    body: z.strictObject({ ...caseFields, tenant: slug<TenantId>() }),
    reply: claimView,
  }),
  listClaims: route({
    method: "GET",
    path: "/v1/claims",
    needs: "claims:read",
    tag,
    status: 200,
    summary: "Claims by id: one's own, or those of one's fund",
    query: pageQuery.extend({
      programme: slug<ProgrammeId>().optional(),
      tenant: slug<TenantId>().optional(),
      state: z.string().max(64).optional(),
      ending: z
        .string()
        .regex(/^[0-9a-f-]{4,36}$/, "must be the last 4 or more digits of an id")
        .optional()
        .describe("What the claim's id ends in."),
    }),
    reply: pageOf(claimView),
  }),
  readClaim: route({
    method: "GET",
    path: "/v1/claims/:id",
    needs: "claims:read",
    tag,
    status: 200,
    summary: "A claim with what happened to it",
    params: claimParams,
    reply: claimView.extend({ events: z.array(claimEvent), parts: partViews }),
  }),
  addClaimEvidence: route({
    method: "POST",
    path: "/v1/claims/:id/evidence",
    needs: "claims:apply",
    tag,
    status: 200,
    summary: "Bring a document that a claim lacks, by its hash",
    params: claimParams,
    body: evidenceBody,
    reply: claimView,
  }),
  addClaimFacts: route({
    method: "POST",
    path: "/v1/claims/:id/facts",
    needs: "claims:apply",
    tag,
    status: 200,
    summary: "Bring what a claim lacks; after an office returned it, also correct what was told",
    params: claimParams,
    body: z.strictObject(broughtFields),
    reply: claimView,
  }),
  withdrawClaim: route({
    method: "POST",
    path: "/v1/claims/:id/withdrawal",
    needs: "claims:apply",
    tag,
    status: 200,
    summary: "Take a claim back; what was not redeemed returns to the funds",
    params: claimParams,
    reply: claimView,
  }),
  moveClaim: route({
    method: "POST",
    path: "/v1/claims/:id/moves",
    needs: "claims:review",
    tag,
    status: 200,
    summary: "Agree to a claim, send it back, refuse it, issue the voucher, end it",
    params: claimParams,
    body: moveBody,
    reply: claimView,
  }),
  redeemClaim: route({
    method: "POST",
    path: "/v1/claims/:id/settlements",
    needs: "claims:review",
    tag,
    status: 200,
    summary: "Redeem a bill under a claim; the same bill again answers the same",
    params: claimParams,
    body: z.strictObject(settlementFields),
    reply: z.object({ claim: claimView, redemption: redemptionView }),
  }),
  readNotice: route({
    method: "GET",
    path: "/v1/programmes/:id/notice",
    needs: "programmes:read",
    tag,
    status: 200,
    summary: "Claims under public notice, names masked",
    params: programmeParams,
    reply: z.object({
      items: z.array(z.object({ applicant: z.string(), amount, until: plainDate })),
    }),
  }),
  readBoard: route({
    method: "GET",
    path: "/v1/programmes/:id/board",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Where a programme's money stands, and what was refused and why",
    params: programmeParams,
    reply: boardView,
  }),
  listSignals: route({
    method: "GET",
    path: "/v1/programmes/:id/signals",
    needs: "claims:review",
    tag,
    status: 200,
    summary: "What a person should look at; never a reason to refuse by itself",
    params: programmeParams,
    reply: z.object({ items: z.array(signalView) }),
  }),
  listCases: route({
    method: "GET",
    path: "/v1/programmes/:id/cases",
    needs: "claims:review",
    tag,
    status: 200,
    summary: "Recorded claims as case files, for what-ifs",
    params: programmeParams,
    query: pageQuery.extend({ year: z.coerce.number().int().min(2000).max(9999).optional() }),
    reply: pageOf(z.record(z.string(), z.unknown())),
  }),
} as const;
