import type { TenantId } from "@wadi/core/units";
import { z } from "zod";

import { claimView, partViews, type ClaimId } from "./claims.ts";
import { slug, uuid } from "./codec.ts";
import { lawAmount } from "./law-values.ts";
import { route } from "./route.ts";

const tag = "Vouchers";

/** Parts of vouchers for sub-accounts of their tenants. */
export const splitRoutes = {
  splitClaim: route({
    method: "POST",
    path: "/v1/claims/:id/split",
    needs: "claims:apply",
    tag,
    status: 200,
    summary: "Give parts of an issued voucher to sub-accounts of its tenant",
    params: z.strictObject({ id: uuid<ClaimId>() }),
    body: z.strictObject({
      parts: z
        .array(z.strictObject({ tenant: slug<TenantId>(), amount: lawAmount }))
        .min(1)
        .max(1000)
        .describe("A sub-account is given one part of a claim."),
    }),
    reply: claimView.extend({ parts: partViews }),
  }),
  listSubAccounts: route({
    method: "GET",
    path: "/v1/tenants/:id/sub-accounts",
    needs: "money:read",
    tag,
    status: 200,
    summary: "Tenants that may be given parts of a tenant's vouchers",
    params: z.strictObject({ id: slug<TenantId>() }),
    reply: z.object({ items: z.array(z.object({ account: slug<TenantId>() })) }),
  }),
  putSubAccount: route({
    method: "PUT",
    path: "/v1/tenants/:id/sub-accounts/:account",
    needs: "tenants:write",
    tag,
    status: 200,
    summary: "Say that a tenant is a sub-account of another, for good",
    params: z.strictObject({ id: slug<TenantId>(), account: slug<TenantId>() }),
    reply: z.object({ account: slug<TenantId>(), parent: slug<TenantId>() }),
  }),
} as const;
