import type { KeyId, TenantId } from "@wadi/core/units";
import { z } from "zod";

import { caseFields } from "./claim-case.ts";
import { instant, slug, uuid } from "./codec.ts";
import { route } from "./route.ts";

/** What facts can be on record of, and what the names of such facts begin with. */
export const recordKinds = {
  tenant: "applicant.",
  provider: "supplier.",
  centre: "line.",
} as const;
export type RecordKind = keyof typeof recordKinds;

const ownTenants = z
  .array(slug<TenantId>())
  .max(1000)
  .describe("Of a provider: tenants that are the same enterprise; what they use there is own use.");

const recordView = z
  .object({
    kind: z.enum(Object.keys(recordKinds) as [RecordKind, ...RecordKind[]]),
    subject: z.string(),
    version: z.int().describe("1, 2, 3 …; each is kept."),
    facts: caseFields.facts.unwrap(),
    ownTenants,
    putBy: uuid<KeyId>(),
    putAt: instant,
  })
  .meta({ id: "FactsOnRecord" });

const params = z.strictObject({
  kind: z.enum(Object.keys(recordKinds) as [RecordKind, ...RecordKind[]]),
  id: z.string().min(1).max(64),
});
const tag = "Vouchers";

export const recordRoutes = {
  readRecord: route({
    method: "GET",
    path: "/v1/records/:kind/:id",
    needs: "records:read",
    tag,
    status: 200,
    summary: "What is on record of a tenant, a provider or a centre",
    params,
    reply: recordView,
  }),
  putRecord: route({
    method: "PUT",
    path: "/v1/records/:kind/:id",
    needs: "records:write",
    tag,
    status: 200,
    summary: "Put facts on record, in place of those before; programmes nobody applies to use them",
    params,
    body: z.strictObject({
      facts: caseFields.facts
        .unwrap()
        .describe(
          "By name: applicant.… of a tenant, supplier.… of a provider, line.… of a centre.",
        ),
      ownTenants: ownTenants.default([]),
    }),
    reply: recordView,
  }),
};
