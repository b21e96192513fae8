import type { CentreId, Id, ProgrammeId, RunId, TenantId } from "@wadi/core/units";
import { z } from "zod";
import {
  amount,
  cardSecondCount,
  duration,
  instant,
  money,
  sequence,
  sha256,
  share,
  slug,
  uuid,
} from "./codec.ts";
import { chargeEvidence, transferView, type TransferId } from "./money.ts";
import { bundleClaim, bundleRules } from "./proof-claims.ts";
import { bundleAgreement, bundleMeterBatch, bundleMonth, bundlePriceList } from "./proof-months.ts";
import { bundleReading, merklePath } from "./proof-readings.ts";
import { pageOf, pageQuery, route } from "./route.ts";

export type CorrectionId = Id<"correction">;

const month = z.string().regex(/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, 'must be a month such as "2026-11"');

export const closedPeriod = z
  .object({
    month,
    until: instant.describe("The first instant that is not in it."),
    seq: sequence.describe("The journal's last line when it was closed."),
    hash: sha256,
    closedAt: instant,
    closedBy: z.string(),
  })
  .meta({ id: "ClosedPeriod" });

export const correctionView = z
  .object({
    id: uuid<CorrectionId>(),
    transfer: uuid<TransferId>().describe("The one that is undone."),
    reason: z.string(),
    state: z.enum(["asked", "posted", "declined"]),
    askedBy: z.string(),
    askedAt: instant,
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
    posted: uuid<TransferId>().nullable().describe("The one that undoes it."),
  })
  .meta({ id: "Correction" });

/** The journal at the end of a day. */
export const anchorView = z
  .object({
    day: z.string().describe('The last day that it covers: "2026-11-21".'),
    until: instant,
    seq: sequence.describe("The last line known before `until`."),
    hash: sha256.describe("Of that line."),
    lines: sha256.describe("Merkle root over the hashes of the lines since the anchor before."),
    root: sha256.describe("Merkle root over all anchors up to this one: write this one down."),
  })
  .meta({ id: "LedgerAnchor" });

const bundleCharge = z.strictObject({
  ...chargeEvidence.shape,
  readings: z.array(bundleReading),
});

/** What of a charge a correction changes. */
const corrected = z.strictObject({
  cardSeconds: cardSecondCount,
  held: duration,
  price: amount,
  voucher: amount,
  cash: amount,
  platformFee: amount,
});

const bundleCorrection = z
  .strictObject({
    correction: z.int().min(1).describe("1 for the first of its run."),
    at: instant,
    before: corrected,
    after: corrected,
    evidence: bundleCharge.omit({ charge: true }).describe("With all readings that count by then."),
  })
  .describe("A charge made anew by readings that came after it.");

const bundleTransfer = z.strictObject({
  ...transferView.shape,
  previous: sha256.describe("The hash of the line before."),
  anchor: z.int().min(0).describe("Which of the anchors covers it."),
  ...merklePath,
});

/** What a tenant paid in a time, with all that proves it; see docs/ledger.md. */
export const bundle = z
  .strictObject({
    format: z.literal("wadi-bundle/2"),
    tenant: slug<TenantId>(),
    from: instant,
    until: instant,
    madeAt: instant,
    accounts: z
      .array(z.strictObject({ path: z.string(), opening: money, closing: money }))
      .describe("The tenant's own, of money and of vouchers, that were ever used."),
    lines: z
      .array(
        z.strictObject({
          run: uuid<RunId>(),
          at: instant,
          charge: amount,
          voucher: amount,
          cash: amount,
        }),
      )
      .describe("The bill."),
    totals: z
      .strictObject({ charge: money, voucher: money, cash: money })
      .describe("Of the lines, and of what corrections and bills of months changed."),
    charges: z.array(bundleCharge),
    corrections: z.array(bundleCorrection),
    months: z.array(bundleMonth).describe("Billed by agreement in the time, by month and number."),
    priceLists: z.array(bundlePriceList).describe("Those that the months were rated by."),
    agreements: z.array(bundleAgreement).describe("The same of agreements with the tenant."),
    batches: z.array(
      z.strictObject({
        centre: slug<CentreId>(),
        size: z.int().min(1),
        root: sha256,
        signingKey: z.base64().max(64).describe("Ed25519, raw."),
        signature: z.base64().max(128),
      }),
    ),
    meterBatches: z.array(bundleMeterBatch),
    programmes: z.array(
      z.strictObject({
        programme: slug<ProgrammeId>(),
        version: z.int(),
        rate: share,
        expiresAt: instant,
      }),
    ),
    rules: z.array(bundleRules).describe("Those that the claims were decided or redeemed by."),
    claims: z.array(bundleClaim).describe("All that were granted to the tenant until then, by id."),
    earlier: z
      .array(bundleTransfer)
      .describe("Of before: what came onto the vouchers or left them, and all under the claims."),
    transfers: z.array(bundleTransfer),
    anchors: z
      .array(z.strictObject({ ...anchorView.shape, isPublished: z.boolean() }))
      .describe("All of them; the last may be of this moment and not published."),
    digest: sha256.describe("Of the whole bundle without this field, in canonical JSON."),
  })
  .meta({ id: "Bundle" });
export type Bundle = z.output<typeof bundle>;

const tag = "Money";
export const proofRoutes = {
  listPeriods: route({
    method: "GET",
    path: "/v1/ledger/periods",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Closed months, in their order",
    reply: z.object({ items: z.array(closedPeriod) }),
  }),
  closePeriod: route({
    method: "PUT",
    path: "/v1/ledger/periods/:month",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Close a month that is over: nothing is posted any more as of then",
    params: z.strictObject({ month }),
    body: z.strictObject({
      timeZone: z
        .string()
        .max(64)
        .default("Asia/Shanghai")
        .describe("Where the month ends, such as Asia/Shanghai."),
    }),
    reply: closedPeriod,
  }),
  listCorrections: route({
    method: "GET",
    path: "/v1/ledger/corrections",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Corrections, the oldest first",
    query: pageQuery,
    reply: pageOf(correctionView),
  }),
  askCorrection: route({
    method: "POST",
    path: "/v1/ledger/corrections",
    needs: "money:write",
    tag,
    status: 201,
    idempotent: true,
    summary: "Ask that a transfer be undone by a counter-entry",
    body: z.strictObject({ transfer: uuid<TransferId>(), reason: z.string().min(1).max(512) }),
    reply: correctionView,
  }),
  decideCorrection: route({
    method: "PUT",
    path: "/v1/ledger/corrections/:id/decision",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Approve or decline a correction that another person asked for",
    params: z.strictObject({ id: uuid<CorrectionId>() }),
    body: z.strictObject({ decision: z.enum(["approve", "decline"]) }),
    reply: correctionView,
  }),
  listAnchors: route({
    method: "GET",
    path: "/v1/ledger/anchors",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Anchors by day",
    query: pageQuery,
    reply: pageOf(anchorView),
  }),
  tenantBundle: route({
    method: "GET",
    path: "/v1/tenants/:id/bundle",
    needs: "statements:read",
    tag,
    status: 200,
    summary: "A tenant's bill with all that proves it, for wadi verify",
    media: ["application/json"], // written piece by piece
    params: z.strictObject({ id: slug<TenantId>() }),
    query: z.strictObject({
      from: instant.optional().describe("Default: the start of the books."),
      until: instant.optional().describe("Default: now."),
    }),
    reply: bundle,
  }),
} as const;
