import {
  type FundId,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import { grantsByRules } from "@wadi/core/vouchers";
import {
  programmeSpec,
  routes,
  type programmeView,
  type providerView,
  type tenantView,
} from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { postMove, type MoveInput } from "../post-move.ts";
import { lastTime, localTime, money } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";
import { takeList } from "../take-list.ts";

const most = 100_000;

/** Lists tenants. */
export async function tenants(context: Context): Promise<void> {
  const list = await takeList(context, routes.listTenants, { most });
  if (context.json) return context.printJson(list.json);
  context.print(...table(list.items, tenantColumns, context));
}

export interface PutTenantInput {
  readonly id: TenantId;
  readonly name: string;
  readonly cards?: number;
  readonly queuedJobs?: number;
}

/** Opens a tenant, or changes its name and quota. */
export async function putTenant(context: Context, input: PutTenantInput): Promise<void> {
  const { id, name, cards = null, queuedJobs = null } = input;
  const body = { name, quota: { cards, queuedJobs } };
  const { json, value } = await context.ask(routes.putTenant, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(`${value.id}: ${value.name}`);
}

/** Says that a tenant is a sub-account of another one. */
export async function putSubAccount(
  context: Context,
  { id, account }: { id: TenantId; account: TenantId },
): Promise<void> {
  const { json } = await context.ask(routes.putSubAccount, { params: { id, account } });
  if (context.json) return context.printJson(json);
  context.print(`${account} is a sub-account of ${id}`);
}

/** Lists providers. */
export async function providers(context: Context): Promise<void> {
  const list = await takeList(context, routes.listProviders, { most });
  if (context.json) return context.printJson(list.json);
  context.print(...table(list.items, providerColumns, context));
}

/** Registers a provider or a fund, or changes its name. */
export async function putNamed(
  context: Context,
  { id, name, what }: { id: string; name: string; what: "provider" | "fund" },
): Promise<void> {
  const body = { name };
  const { json } =
    what === "provider"
      ? await context.ask(routes.putProvider, { params: { id: id as ProviderId }, body })
      : await context.ask(routes.putFund, { params: { id: id as FundId }, body });
  if (context.json) return context.printJson(json);
  context.print(`${id}: ${name}`);
}

/** Lists voucher programmes. */
export async function programmes(context: Context): Promise<void> {
  const list = await takeList(context, routes.listProgrammes, { most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no programmes yet");
  context.print(...table(list.items, programmeColumns, context));
}

/** Opens a programme from a file, or makes its next version. */
export async function putProgramme(
  context: Context,
  { id, file }: { id: ProgrammeId; file: string },
): Promise<void> {
  const body = await readAs(file, programmeSpec);
  const { json, value } = await context.ask(routes.putProgramme, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(`${value.id}, version ${value.version}: ${value.spec.name}`);
}

/** Records money a tenant paid in. */
export const topUp = (context: Context, input: MoveInput & { id: TenantId }) =>
  postMove(context, input, (parts) =>
    context.ask(routes.topUp, { ...parts, params: { id: input.id } }),
  );

/** Puts money at a fund's disposal. */
export const appropriate = (context: Context, input: MoveInput & { id: FundId }) =>
  postMove(context, input, (parts) =>
    context.ask(routes.appropriate, { ...parts, params: { id: input.id } }),
  );

/** Grants a tenant a voucher. */
export const grant = (context: Context, input: MoveInput & { id: ProgrammeId; tenant: TenantId }) =>
  postMove(context, input, ({ body, idempotencyKey }) =>
    context.ask(routes.grantVoucher, {
      params: { id: input.id },
      body: { ...body, tenant: input.tenant },
      idempotencyKey,
    }),
  );

const tenantColumns: readonly Column<z.output<typeof tenantView>>[] = [
  { head: "TENANT", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "NAME", cell: ({ name }) => name, keep: 8, least: 8 },
  { head: "CARDS", cell: ({ quota }) => boundOf(quota.cards), keep: 5, align: "number" },
  { head: "QUEUED", cell: ({ quota }) => boundOf(quota.queuedJobs), keep: 4, align: "number" },
  { head: "SINCE", cell: ({ createdAt }) => localTime(createdAt), keep: 2 },
];

const boundOf = (bound: number | null) => (bound === null ? "no bound" : String(bound));

const providerColumns: readonly Column<z.output<typeof providerView>>[] = [
  { head: "PROVIDER", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "NAME", cell: ({ name }) => name, keep: 8, least: 8 },
  { head: "SINCE", cell: ({ createdAt }) => localTime(createdAt), keep: 2 },
];

/** Programmes with rules have their caps there; the hub writes the most that there can be. */
const capOf = (cap: MicroYuan) => (grantsByRules({ capPerTenant: cap }) ? "by rules" : money(cap));

const programmeColumns: readonly Column<z.output<typeof programmeView>>[] = [
  { head: "PROGRAMME", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "FUND", cell: ({ spec }) => spec.fund, keep: 5, least: 8 },
  { head: "RATE", cell: ({ spec }) => `${Number(spec.rate) / 10_000}%`, keep: 7, align: "number" },
  { head: "CAP ¥", cell: ({ spec }) => capOf(spec.capPerTenant), keep: 4, align: "number" },
  { head: "UNTIL", cell: ({ spec }) => lastTime(spec.expiresAt), keep: 3 },
  { head: "GRANTED ¥", cell: ({ granted }) => money(granted), keep: 6, align: "number" },
  { head: "RESERVED ¥", cell: ({ reserved }) => money(reserved), keep: 5, align: "number" },
  { head: "REDEEMED ¥", cell: ({ redeemed }) => money(redeemed), keep: 8, align: "number" },
  { head: "EXPIRED ¥", cell: ({ expired }) => money(expired), keep: 2, align: "number" },
];
