import type { CardModelId, FundId, ProviderId, RunId, TenantId } from "@wadi/core/units";
import { z } from "zod";
import { amount, cardSecondCount, sequence, slug, uuid } from "./codec.ts";
import { statement, statementMedia, statementQuery } from "./money.ts";
import { pageOf, pageQuery, route } from "./route.ts";
import {
  disputeView,
  monthName,
  monthStep,
  payoutBatchView,
  providerTerms,
  settlementReport,
  settlementView,
  termsView,
  timeZoneName,
  type DisputeId,
  type DistrictId,
  type PayoutBatchId,
} from "./settlement-views.ts";

const text = (max: number) => z.string().max(max);
/** A thousand million yuan: more than any line of a month has. */
const amountMax = 10n ** 15n;
const tooMuch = "is above 1000000000 yuan";
const named = z.string().trim().min(1).max(128);
const byMonth = z.strictObject({ month: monthName });
const byProvider = z.strictObject({ id: slug<ProviderId>() });
const tag = "Settlement";
const read = { method: "GET", tag, status: 200 } as const;
const write = { needs: "money:write", tag, status: 200 } as const;

/** What a month as FOCUS is, by the format that was asked for. */
export const focusMedia = {
  csv: "text/csv",
  parquet: "application/vnd.apache.parquet",
} as const;

export const settlementRoutes = {
  putTerms: route({
    ...write,
    method: "PUT",
    path: "/v1/providers/:id/terms",
    summary: "Put a draft of the next version of what a provider is settled by",
    params: byProvider,
    body: z.strictObject({ month: monthName, terms: providerTerms }),
    reply: termsView,
  }),
  approveTerms: route({
    ...write,
    method: "POST",
    path: "/v1/providers/:id/terms/:version/approve",
    summary: "Approve a draft of terms, as another person than who put it: they count from then on",
    params: byProvider.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) }),
    reply: termsView,
  }),
  readTerms: route({
    ...read,
    path: "/v1/providers/:id/terms",
    needs: "statements:read",
    summary: "What a provider is settled by, newest first",
    params: byProvider,
    reply: z.object({ items: z.array(termsView) }),
  }),
  putProjects: route({
    ...write,
    method: "PUT",
    path: "/v1/tenants/:id/projects",
    summary: "Say how a tenant's cost is split over its projects",
    params: z.strictObject({ id: slug<TenantId>() }),
    body: z.strictObject({
      projects: z
        .array(z.strictObject({ project: named, weight: sequence.refine((w) => w <= 10n ** 12n) }))
        .min(1)
        .max(1000),
    }),
    reply: z.object({ version: z.int() }),
  }),
  putProviderInvoice: route({
    ...write,
    method: "PUT",
    path: "/v1/providers/:id/invoices/:month",
    summary: "Record what a provider's own invoice says of a month",
    params: byProvider.extend({ month: monthName }),
    body: z.strictObject({
      number: named,
      lines: z
        .array(
          z.strictObject({
            model: slug<CardModelId>(),
            cardSeconds: cardSecondCount.refine((count) => count <= 10n ** 14n, "is too many"),
            amount: amount.refine((sum) => sum <= amountMax, tooMuch),
          }),
        )
        .max(1000),
    }),
    reply: z.object({ version: z.int() }),
  }),
  openSettlement: route({
    ...write,
    method: "PUT",
    path: "/v1/settlements/:month",
    summary: "Open a month's settlement; one that is open already is answered with as it is",
    params: byMonth,
    body: z.strictObject({ timeZone: timeZoneName }),
    reply: settlementView,
  }),
  listSettlements: route({
    ...read,
    path: "/v1/settlements",
    needs: "ledger:read",
    summary: "Settlements, newest month first",
    query: pageQuery,
    reply: pageOf(settlementView),
  }),
  readSettlement: route({
    ...read,
    path: "/v1/settlements/:month",
    needs: "ledger:read",
    summary: "A month's settlement with dues, shares and what does not match",
    params: byMonth,
    reply: settlementReport,
  }),
  stepSettlement: route({
    ...write,
    method: "POST",
    path: "/v1/settlements/:month/steps",
    summary: "Import, allocate, compute or publish a month; ask that it be taken back, and decide",
    params: byMonth,
    body: z.strictObject({
      step: monthStep,
      note: text(256).default(""),
    }),
    reply: settlementView,
  }),
  exportFocus: route({
    ...read,
    path: "/v1/settlements/:month/focus",
    needs: "money:read",
    summary: "A month as FOCUS 1.2 (CSV or Parquet); of a tenant's key: its own rows",
    media: Object.values(focusMedia),
    params: byMonth,
    query: z.strictObject({
      tenant: slug<TenantId>().optional(),
      format: z.enum(["csv", "parquet"]).default("csv"),
    }),
  }),
  requestInvoices: route({
    ...write,
    method: "POST",
    path: "/v1/settlements/:month/e-invoices",
    summary: "Hand a request for an e-invoice of a published month to the adapter, per tenant",
    params: byMonth,
    reply: z.object({ requested: z.int(), before: z.int() }),
  }),
  openDispute: route({
    ...write,
    method: "POST",
    path: "/v1/disputes",
    status: 201,
    idempotent: true,
    summary: "Keep back a provider's money until a dispute is over",
    body: z.strictObject({
      provider: slug<ProviderId>(),
      tenant: slug<TenantId>(),
      run: uuid<RunId>().nullable().default(null),
      amount: amount
        .refine((sum) => sum > 0n, "must be above zero")
        .refine((sum) => sum <= amountMax, tooMuch),
      reason: named,
    }),
    reply: disputeView,
  }),
  endDispute: route({
    ...write,
    method: "POST",
    path: "/v1/disputes/:id/end",
    summary: "End a dispute: what was kept back goes to the provider or back to the tenant",
    params: z.strictObject({ id: uuid<DisputeId>() }),
    body: z.strictObject({
      for: z.enum(["provider", "tenant", "withdrawn"]),
      note: text(256).default(""),
    }),
    reply: disputeView,
  }),
  listDisputes: route({
    ...read,
    path: "/v1/disputes",
    needs: "ledger:read",
    summary: "Disputes, newest first",
    query: pageQuery,
    reply: pageOf(disputeView),
  }),
  makePayouts: route({
    ...write,
    method: "POST",
    path: "/v1/payout-batches",
    status: 201,
    idempotent: true,
    summary:
      "Make a batch of payouts of what providers have earned, at most; nothing is posted yet",
    body: z.strictObject({
      least: amount.prefault("0.01").describe("Providers that are due less wait."),
      providers: z.array(slug<ProviderId>()).max(10_000).optional().describe("Default: all."),
    }),
    reply: payoutBatchView,
  }),
  listPayouts: route({
    ...read,
    path: "/v1/payout-batches",
    needs: "ledger:read",
    summary: "Batches of payouts, newest first",
    query: pageQuery,
    reply: pageOf(payoutBatchView),
  }),
  sendPayouts: route({
    ...write,
    method: "POST",
    path: "/v1/payout-batches/:id/send",
    summary: "Release a batch, by another person than who made it: the money is in transit",
    params: z.strictObject({ id: uuid<PayoutBatchId>() }),
    reply: payoutBatchView,
  }),
  dropPayouts: route({
    ...write,
    method: "POST",
    path: "/v1/payout-batches/:id/drop",
    summary: "Give up a batch that was not sent",
    params: z.strictObject({ id: uuid<PayoutBatchId>() }),
    reply: payoutBatchView,
  }),
  readPayoutFile: route({
    ...read,
    path: "/v1/payout-batches/:id/file",
    needs: "ledger:read",
    summary: "The batch as a CSV file for the bank",
    media: ["text/csv"],
    params: z.strictObject({ id: uuid<PayoutBatchId>() }),
  }),
  recordReceipts: route({
    ...write,
    method: "POST",
    path: "/v1/payout-batches/:id/receipts",
    summary: "Take in the bank's receipt (CSV): each line arrived, or bounced and is owed again",
    params: z.strictObject({ id: uuid<PayoutBatchId>() }),
    body: z.strictObject({ csv: text(900_000) }),
    reply: payoutBatchView,
  }),
  putDistrict: route({
    ...write,
    method: "PUT",
    path: "/v1/districts/:id",
    summary: "Say which tenants and funds belong to a district",
    params: z.strictObject({ id: slug<DistrictId>() }),
    body: z.strictObject({
      name: named,
      tenants: z.array(slug<TenantId>()).max(100_000).default([]),
      funds: z.array(slug<FundId>()).max(10_000).default([]),
    }),
    reply: z.object({ id: slug<DistrictId>(), name: z.string() }),
  }),
  districtStatement: route({
    ...read,
    path: "/v1/districts/:id/statement",
    needs: "statements:read",
    summary: "A district's statement: its tenants and funds, each in one line",
    media: statementMedia,
    params: z.strictObject({ id: slug<DistrictId>() }),
    query: statementQuery,
    reply: statement,
  }),
} as const;
