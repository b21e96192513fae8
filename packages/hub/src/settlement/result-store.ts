import type { Mismatch, SettledGroup } from "@wadi/core/settlement";
import {
  cardSeconds,
  microYuan,
  minus,
  rate,
  type CardModelId,
  type MicroYuan,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

/** A project's part of what a tenant pays. */
export interface ProjectShare {
  readonly tenant: TenantId;
  readonly project: string;
  readonly amount: MicroYuan;
}

/** Puts them in place of those that were there. */
export async function saveShares(
  sql: Sql,
  id: SettlementId,
  shares: readonly ProjectShare[],
): Promise<void> {
  await sql`delete from settlement_shares where settlement = ${id}`;
  await sql`
    insert into settlement_shares (settlement, tenant, place, project, amount)
    select ${id}::uuid, tenant, place, project, amount from unnest(
      ${shares.map(({ tenant }) => tenant)}::text[],
      ${shares.map(({ project }) => project)}::text[],
      ${shares.map(({ amount }) => amount)}::bigint[])
      with ordinality as one (tenant, project, amount, place)`;
}

/** In the order they were made. */
export async function listShares(sql: Sql, id: SettlementId): Promise<ProjectShare[]> {
  const rows = await sql<{ tenant: TenantId; project: string; amount: bigint }>`
    select tenant, project, amount from settlement_shares where settlement = ${id} order by place`;
  return rows.map((row) => ({ ...row, amount: microYuan(row.amount) }));
}

/** What a provider is due for one group of its usage. */
export interface Due extends SettledGroup {
  readonly provider: ProviderId;
  readonly termsVersion: number | null;
}

/** Puts them in place of those that were there. */
export async function saveDues(sql: Sql, id: SettlementId, dues: readonly Due[]): Promise<void> {
  await sql`delete from settlement_dues where settlement = ${id}`;
  await sql`
    insert into settlement_dues (settlement, place, provider, terms_version, rule, models,
      card_seconds, spend, ratio, band, gross, tax, due, posted)
    select ${id}::uuid, place, provider, terms_version, rule, string_to_array(models, ' '),
      card_seconds, spend, ratio, band, gross, tax, due, posted
    from unnest(
      ${dues.map(({ provider }) => provider)}::text[],
      ${dues.map(({ termsVersion }) => termsVersion)}::int[],
      ${dues.map(({ rule }) => rule)}::int[],
      ${dues.map(({ models }) => models.join(" "))}::text[],
      ${dues.map((one) => one.cardSeconds)}::bigint[],
      ${dues.map(({ spend }) => spend)}::bigint[],
      ${dues.map(({ ratio }) => ratio)}::bigint[],
      ${dues.map(({ band }) => band)}::int[],
      ${dues.map(({ gross }) => gross)}::bigint[],
      ${dues.map(({ tax }) => tax)}::bigint[],
      ${dues.map(({ due }) => due)}::bigint[],
      ${dues.map(({ posted }) => posted)}::bigint[])
      with ordinality as one (provider, terms_version, rule, models, card_seconds, spend, ratio,
        band, gross, tax, due, posted, place)`;
}

/** By provider, then in the order they were made. */
export async function listDues(sql: Sql, id: SettlementId): Promise<Due[]> {
  const rows = await sql<DueRow>`
    select provider, terms_version as "termsVersion", rule, models, card_seconds as "cardSeconds",
      spend, ratio, band, gross, tax, due, posted
    from settlement_dues where settlement = ${id} order by provider, place`;
  return rows.map((row) => ({
    ...row,
    cardSeconds: cardSeconds(row.cardSeconds),
    spend: microYuan(row.spend),
    ratio: row.ratio === null ? null : rate(row.ratio),
    gross: microYuan(row.gross),
    tax: microYuan(row.tax),
    due: microYuan(row.due),
    posted: microYuan(row.posted),
    adjustment: minus(microYuan(row.due), microYuan(row.posted)),
  }));
}

interface DueRow {
  readonly provider: ProviderId;
  readonly termsVersion: number | null;
  readonly rule: number | null;
  readonly models: CardModelId[];
  readonly cardSeconds: bigint;
  readonly spend: bigint;
  readonly ratio: bigint | null;
  readonly band: number | null;
  readonly gross: bigint;
  readonly tax: bigint;
  readonly due: bigint;
  readonly posted: bigint;
}

/** Where the invoice of a provider does not match, for one of its card models. */
export interface Finding extends Pick<Mismatch, "what" | "expected" | "found"> {
  readonly provider: ProviderId;
  readonly model: string;
}

/** Puts them in place of those that were there. */
export async function saveFindings(
  sql: Sql,
  id: SettlementId,
  findings: readonly Finding[],
): Promise<void> {
  await sql`delete from settlement_findings where settlement = ${id}`;
  await sql`
    insert into settlement_findings (settlement, place, provider, model, what, expected, found)
    select ${id}::uuid, place, provider, model, what, expected, found from unnest(
      ${findings.map(({ provider }) => provider)}::text[],
      ${findings.map(({ model }) => model)}::text[],
      ${findings.map(({ what }) => what)}::text[],
      ${findings.map(({ expected }) => expected)}::bigint[],
      ${findings.map(({ found }) => found)}::bigint[])
      with ordinality as one (provider, model, what, expected, found, place)`;
}

/** In their order. */
export function listFindings(sql: Sql, id: SettlementId): Promise<Finding[]> {
  return sql<Finding>`
    select provider, model, what, expected, found from settlement_findings
    where settlement = ${id} order by place`;
}
