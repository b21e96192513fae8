import { z } from "zod";
import type {
  CardModelId,
  FundId,
  HoldId,
  Id,
  JobId,
  PoolId,
  ProgrammeId,
  ProviderId,
  RunId,
  TenantId,
} from "@wadi/core/units";
import { inKindUnits } from "@wadi/core/vouchers";
import {
  amount,
  busyTime,
  byteCount,
  cardSecondCount,
  cardShare,
  duration,
  instant,
  money,
  plainDate,
  sequence,
  share,
  slug,
  inKindCount,
  uuid,
  workUnitCount,
} from "./codec.ts";
import { priceSchedule } from "./centres.ts";
import type { ClaimId } from "./claims.ts";
import { pageOf, pageQuery, route } from "./route.ts";
import { chargeView } from "./jobs.ts";

export type TransferId = Id<"transfer">;

/** A voucher programme, first version: a share of the charge up to a cap, until a day. */
export const programmeSpec = z
  .strictObject({
    fund: slug<FundId>(),
    name: z.string().min(1).max(128),
    /** The share of a charge that the voucher pays, rounded down to the fen. */
    rate: share,
    /** The most one tenant can be granted, all grants together. */
    capPerTenant: amount,
    /** Not reservable from then on; what was reserved before is honoured. */
    expiresAt: instant,
  })
  .meta({ id: "ProgrammeSpec" });

export const programmeView = z
  .object({
    id: slug<ProgrammeId>(),
    spec: programmeSpec,
    version: z.int(),
    granted: amount,
    reserved: amount,
    redeemed: amount,
    expired: amount,
  })
  .meta({ id: "Programme" });

/** One account as it stands: `balance` is credits less debits. */
export const accountView = z
  .object({
    path: z.string().describe('Such as "prepaid/acme" or "reserved/acme/ai-2026".'),
    book: z.string().describe('"money" or "fund/<id>"; each book sums to zero.'),
    debits: amount,
    credits: amount,
    balance: money,
  })
  .meta({ id: "Account" });

/** One line of the journal, as it is hashed. */
export const transferView = z
  .object({
    seq: sequence,
    id: uuid<TransferId>(),
    kind: z.string(),
    book: z.string(),
    from: z.string(),
    to: z.string(),
    amount,
    hold: uuid<HoldId>().nullable(),
    fact: z.string().describe("The business fact that it is the only posting of: cash/<run> …"),
    note: z.string().describe("In the words of whoever recorded it; else empty."),
    job: uuid<JobId>().nullable(),
    run: uuid<RunId>().nullable(),
    happenedAt: instant,
    knownAt: instant,
    hash: z.string().describe("SHA-256 over the hash before and this line, hex."),
  })
  .meta({ id: "Transfer" });

const statementLine = z.object({
  at: instant,
  text: z.string(),
  job: uuid<JobId>().nullable(),
  jobName: z.string().nullable(),
  run: uuid<RunId>().nullable(),
  pool: slug<PoolId>().nullable(),
  emulated: z.boolean(),
  cardSeconds: cardSecondCount.nullable(),
  work: workUnitCount.nullable(),
  charge: amount.nullable(),
  voucher: amount.nullable(),
  cash: amount.nullable(),
  fee: amount.nullable(),
  amount: money.describe("What the line changes in the balance of whom the statement is for."),
});

/** What happened to one party's money in [from, until), and how it stood before and after. */
export const statement = z
  .object({
    of: z.enum(["tenant", "provider", "fund", "district"]),
    id: z.string(),
    name: z.string(),
    from: instant,
    until: instant,
    madeAt: instant,
    opening: money,
    closing: money,
    totals: z.record(z.string(), money).describe("By name, in the order shown to people."),
    lines: z.array(statementLine),
    notes: z.array(z.string()).describe("Such as: cards were emulated."),
  })
  .meta({ id: "Statement" });
export type Statement = z.output<typeof statement>;

/** A charge with all that it was made from, for whoever recomputes it. */
export const chargeEvidence = z
  .object({
    run: uuid<RunId>(),
    job: uuid<JobId>(),
    tenant: slug<TenantId>(),
    provider: slug<ProviderId>(),
    pool: slug<PoolId>(),
    charge: chargeView,
    model: slug<CardModelId>(),
    emulated: z.boolean(),
    charged: z
      .boolean()
      .describe("False where the run was the centre's loss: metered, not charged."),
    peak: sequence.nullable().describe("The card's nameplate then, in 0.1 TFLOPS; null: unknown."),
    prices: priceSchedule.describe("What held for the run, as Pool.prices was then."),
    readings: z.array(
      z.object({
        number: z.int(),
        revision: z.int().optional().describe("Above 0: in place of the one of that number."),
        from: instant,
        to: instant,
        cards: z.int(),
        cpuTime: duration,
        peakMemoryBytes: byteCount,
        busyTime,
        final: z.boolean(),
      }),
    ),
    feeRate: share,
    share: z
      .object({ cash: amount, voucher: amount })
      .describe("What was set aside for the job before this charge."),
    programme: slug<ProgrammeId>().nullable(),
    voucherRate: share.nullable(),
    cardShare: cardShare.default(1000).describe("Of each card; 1: the whole of it."),
  })
  .meta({ id: "ChargeEvidence" });

/** What the hub's own audit found; `problems` is empty when all holds. */
export const auditReport = z
  .object({
    at: instant,
    transfers: sequence,
    head: z.string(),
    checks: z.array(
      z.object({ name: z.string(), checked: sequence, problems: z.array(z.string()) }),
    ),
    holds: z.boolean(),
  })
  .meta({ id: "AuditReport" });

/** What a statement is asked for with: when, in which form and language. */
export const statementQuery = z.strictObject({
  from: instant.optional().describe("Default: the start of the books."),
  until: instant.optional().describe("Default: now."),
  format: z.enum(["json", "csv", "text", "xlsx", "pdf"]).default("json"),
  language: z
    .enum(["en", "zh"])
    .optional()
    .describe("Of what people read; default: what Accept-Language prefers."),
  detail: z
    .enum(["runs", "days"])
    .default("runs")
    .describe("A line for each run, or for all alike of a day together, however many they are."),
});
const period = statementQuery;
/** The forms that a statement comes in. */
export const statementMedia = [
  "application/json",
  "text/csv",
  "text/plain",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/pdf",
];
const media = statementMedia;
const moneyMove = z.strictObject({
  amount: amount.refine((a) => a > 0n, "must be above zero"),
  note: z.string().max(256).default(""),
});

const tag = "Money";
export const moneyRoutes = {
  readBalance: route({
    method: "GET",
    path: "/v1/tenants/:id/balance",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What a tenant can spend and what is held",
    params: z.strictObject({ id: slug<TenantId>() }),
    reply: z.object({
      prepaid: amount,
      held: amount,
      owed: amount.describe("Billed, and not paid yet."),
      vouchers: z.array(
        z.object({
          programme: slug<ProgrammeId>(),
          available: amount,
          reserved: amount,
          expiresAt: instant,
        }),
      ),
      inKind: z
        .array(
          z.object({
            claim: uuid<ClaimId>(),
            programme: slug<ProgrammeId>(),
            ...{
              unit: z.enum(inKindUnits),
              granted: inKindCount,
              drawn: inKindCount,
              open: inKindCount,
            },
            lastDay: plainDate
              .nullable()
              .describe("The last on which a bill counts; null: no end."),
          }),
        )
        .describe("Vouchers in card-hours and tokens that have something open, by their last day."),
    }),
  }),
  topUp: route({
    method: "POST",
    path: "/v1/tenants/:id/top-ups",
    needs: "money:write",
    tag,
    status: 201,
    summary: "Record money a tenant paid in",
    idempotent: true,
    params: z.strictObject({ id: slug<TenantId>() }),
    body: moneyMove,
    reply: transferView,
  }),
  putFund: route({
    method: "PUT",
    path: "/v1/funds/:id",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Open a public fund",
    params: z.strictObject({ id: slug<FundId>() }),
    body: z.strictObject({ name: z.string().min(1).max(128) }),
    reply: z.object({ id: slug<FundId>(), name: z.string() }),
  }),
  appropriate: route({
    method: "POST",
    path: "/v1/funds/:id/appropriations",
    needs: "money:write",
    tag,
    status: 201,
    summary: "Put money at a fund's disposal",
    idempotent: true,
    params: z.strictObject({ id: slug<FundId>() }),
    body: moneyMove,
    reply: transferView,
  }),
  listProgrammes: route({
    method: "GET",
    path: "/v1/programmes",
    needs: "programmes:read",
    tag,
    status: 200,
    summary: "Voucher programmes by id",
    query: pageQuery,
    reply: pageOf(programmeView),
  }),
  putProgramme: route({
    method: "PUT",
    path: "/v1/programmes/:id",
    needs: "programmes:write",
    tag,
    status: 200,
    summary: "Open a programme or make its next version",
    params: z.strictObject({ id: slug<ProgrammeId>() }),
    body: programmeSpec,
    reply: programmeView,
  }),
  grantVoucher: route({
    method: "POST",
    path: "/v1/programmes/:id/grants",
    needs: "programmes:write",
    tag,
    status: 201,
    idempotent: true,
    summary: "Grant a tenant a voucher out of the fund",
    params: z.strictObject({ id: slug<ProgrammeId>() }),
    body: moneyMove.extend({ tenant: slug<TenantId>() }),
    reply: transferView,
  }),
  tenantStatement: route({
    method: "GET",
    path: "/v1/tenants/:id/statement",
    needs: "statements:read",
    tag,
    status: 200,
    summary: "A tenant's statement",
    media,
    params: z.strictObject({ id: slug<TenantId>() }),
    query: period,
    reply: statement,
  }),
  providerStatement: route({
    method: "GET",
    path: "/v1/providers/:id/statement",
    needs: "statements:read",
    tag,
    status: 200,
    summary: "A provider's statement",
    media,
    params: z.strictObject({ id: slug<ProviderId>() }),
    query: period,
    reply: statement,
  }),
  fundStatement: route({
    method: "GET",
    path: "/v1/funds/:id/statement",
    needs: "statements:read",
    tag,
    status: 200,
    summary: "A fund's statement",
    media,
    params: z.strictObject({ id: slug<FundId>() }),
    query: period,
    reply: statement,
  }),
  listAccounts: route({
    method: "GET",
    path: "/v1/ledger/accounts",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Accounts by path",
    query: pageQuery,
    reply: pageOf(accountView),
  }),
  listTransfers: route({
    method: "GET",
    path: "/v1/ledger/transfers",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "The journal from its start, by seq",
    query: pageQuery,
    reply: pageOf(transferView),
  }),
  listCharges: route({
    method: "GET",
    path: "/v1/ledger/charges",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Charges with their evidence, by run",
    query: pageQuery,
    reply: pageOf(chargeEvidence),
  }),
  auditBooks: route({
    method: "POST",
    path: "/v1/ledger/audit",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Have the hub prove its books: sums, chain, holds, charges",
    reply: auditReport,
  }),
} as const;
