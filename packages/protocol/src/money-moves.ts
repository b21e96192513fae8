import { totalMax } from "@wadi/core/ledger";
import type { FundId, Id, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";
import { z } from "zod";
import { amount, instant, slug, uuid } from "./codec.ts";
import { transferView, type TransferId } from "./money.ts";
import { pageOf, pageQuery, route } from "./route.ts";

export type MoneyMoveId = Id<"money-move">;

/** What takes two persons: one asks, another decides. */
export const moneyMoveKinds = ["payout", "fund-refund", "fund-return", "fund-restore"] as const;
export type MoneyMoveKind = (typeof moneyMoveKinds)[number];

const asked = z.strictObject({
  amount: amount
    .refine((a) => a > 0n, "must be above zero")
    .refine((a) => a <= totalMax, "is more than the books can count"),
  note: z.string().max(256).default(""),
});

/** Money that somebody wants moved, and what became of that. */
export const moneyMoveView = z
  .object({
    id: uuid<MoneyMoveId>(),
    kind: z.enum(moneyMoveKinds),
    of: z.string().describe("The provider or the fund."),
    tenant: slug<TenantId>().nullable().describe("Whose expired voucher is restored."),
    programme: slug<ProgrammeId>().nullable(),
    amount,
    note: z.string(),
    state: z.enum(["asked", "posted", "declined", "arrived"]),
    askedBy: z.string(),
    askedAt: instant,
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
    posted: uuid<TransferId>().nullable(),
    receipt: z.string().nullable().describe("The bank's reference, once the money arrived."),
    arrivedAt: instant.nullable(),
  })
  .meta({ id: "MoneyMove" });

const byFund = z.strictObject({ id: slug<FundId>() });
const tag = "Money";
const write = { needs: "money:write", tag } as const;
const ask = {
  ...write,
  method: "POST",
  status: 201,
  idempotent: true,
  body: asked,
  reply: moneyMoveView,
} as const;

export const moneyMoveRoutes = {
  askPayout: route({
    ...ask,
    path: "/v1/providers/:id/payouts",
    summary: "Ask that a provider be paid by hand, at most what it is owed; another person decides",
    params: z.strictObject({ id: slug<ProviderId>() }),
  }),
  payInOfFund: route({
    ...write,
    method: "POST",
    path: "/v1/funds/:id/pay-ins",
    status: 201,
    idempotent: true,
    summary: "Record money that a fund paid of what it owes, or ahead",
    params: byFund,
    body: asked,
    reply: transferView,
  }),
  askFundRefund: route({
    ...ask,
    path: "/v1/funds/:id/refunds",
    summary: "Ask that a fund get back what it has paid beyond what it owes",
    params: byFund,
  }),
  askFundReturn: route({
    ...ask,
    path: "/v1/funds/:id/returns",
    summary: "Ask that a part of an appropriation that is not needed be given back",
    params: byFund,
  }),
  askFundRestore: route({
    ...ask,
    path: "/v1/funds/:id/restores",
    summary: "Ask that what expired of a tenant's voucher be at the fund's disposal again",
    params: byFund,
    body: asked.extend({ tenant: slug<TenantId>(), programme: slug<ProgrammeId>() }),
  }),
  listMoneyMoves: route({
    method: "GET",
    path: "/v1/money-moves",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Moves of money that take two persons, newest first",
    query: pageQuery,
    reply: pageOf(moneyMoveView),
  }),
  decideMoneyMove: route({
    ...write,
    method: "PUT",
    path: "/v1/money-moves/:id/decision",
    status: 200,
    summary: "Approve or decline a move of money, as another person than who asked",
    params: z.strictObject({ id: uuid<MoneyMoveId>() }),
    body: z.strictObject({ decision: z.enum(["approve", "decline"]) }),
    reply: moneyMoveView,
  }),
  recordMoneyReceipt: route({
    ...write,
    method: "PUT",
    path: "/v1/money-moves/:id/receipt",
    status: 200,
    summary: "Record the bank's receipt of a refund: the money has left",
    params: z.strictObject({ id: uuid<MoneyMoveId>() }),
    body: z.strictObject({ reference: z.string().trim().min(1).max(128) }),
    reply: moneyMoveView,
  }),
} as const;
