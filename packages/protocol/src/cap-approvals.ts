import type { Id, KeyId, ProgrammeId, TenantId } from "@wadi/core/units";
import { z } from "zod";

import { caseFields } from "./claim-case.ts";
import type { ClaimId } from "./claims.ts";
import { amount, instant, slug, uuid } from "./codec.ts";
import { lawAmount } from "./law-values.ts";
import { pageOf, pageQuery, route } from "./route.ts";

export type ApprovalId = Id<"cap-approval">;

const cap = z.string().min(1).max(64).describe("The code of the cap.");

/** A cap that persons of a fund raise for one contract. */
const approvalView = z
  .object({
    id: uuid<ApprovalId>(),
    programme: slug<ProgrammeId>(),
    tenant: slug<TenantId>(),
    contract: z.string(),
    cap,
    limit: amount.describe("What the cap is for claims of the contract."),
    note: z.string(),
    state: z
      .enum(["asked", "in-force", "revoked"])
      .describe("asked: another person has to second it."),
    askedBy: uuid<KeyId>(),
    askedAt: instant,
    secondedBy: uuid<KeyId>().nullable(),
    secondedAt: instant.nullable(),
    revokedBy: uuid<KeyId>().nullable(),
    revokedAt: instant.nullable(),
    usedBy: z.array(uuid<ClaimId>()).describe("Claims that were granted while it was in force."),
  })
  .meta({ id: "CapApproval" });
export type ApprovalView = z.output<typeof approvalView>;

const programmeParams = z.strictObject({ id: slug<ProgrammeId>() });
const approvalParams = programmeParams.extend({ approval: uuid<ApprovalId>() });
const tag = "Vouchers";

export const approvalRoutes = {
  listCapApprovals: route({
    method: "GET",
    path: "/v1/programmes/:id/approvals",
    needs: "claims:read",
    tag,
    status: 200,
    summary: "Caps of a programme that were raised for single contracts",
    params: programmeParams,
    query: pageQuery,
    reply: pageOf(approvalView),
  }),
  raiseCap: route({
    method: "POST",
    path: "/v1/programmes/:id/approvals",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Ask to raise a cap for a contract; it holds once another person seconds it",
    params: programmeParams,
    body: z.strictObject({
      tenant: slug<TenantId>(),
      contract: caseFields.contract,
      cap,
      limit: lawAmount,
      note: z.string().min(1).max(2000).describe("Why."),
    }),
    reply: approvalView,
  }),
  secondCapApproval: route({
    method: "POST",
    path: "/v1/programmes/:id/approvals/:approval/second",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Second what somebody else asked for: claims decided from then on have the room",
    params: approvalParams,
    reply: approvalView,
  }),
  revokeCapApproval: route({
    method: "POST",
    path: "/v1/programmes/:id/approvals/:approval/revocation",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Revoke an approval that no claim was granted under",
    params: approvalParams,
    reply: approvalView,
  }),
} as const;
