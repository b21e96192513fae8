import type { ProviderTerms } from "@wadi/core/settlement";
import type { KeyId, ProviderId, TenantId } from "@wadi/core/units";
import { providerTerms, settlementRoutes, termsOf } from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../db/index.ts";

/**
 * What a provider is settled by, from a month on, until a later version says otherwise. Counts once
 * it is approved; until then it is a draft.
 */
export interface TermsVersion {
  readonly provider: ProviderId;
  readonly version: number;
  readonly month: string;
  readonly terms: ProviderTerms;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
  readonly approvedAt: Temporal.Instant | null;
  /** Null as well for terms of before approvals were asked for. */
  readonly approvedBy: KeyId | null;
}

/** Who makes a version of what people say waits here for the one before. */
export async function lockVersions(sql: Sql): Promise<void> {
  await sql`lock table provider_terms in share row exclusive mode`;
}

/** Stores it under the next number, which is returned. */
export async function insertTerms(
  sql: Sql,
  one: Pick<TermsVersion, "provider" | "month" | "terms" | "madeAt" | "madeBy">,
): Promise<number> {
  const document = z.encode(providerTerms, one.terms as z.output<typeof providerTerms>);
  const [row] = await sql<{ version: number }>`
    insert into provider_terms (provider, version, month, terms, made_at, made_by)
    select ${one.provider}, coalesce(max(version), 0) + 1, ${one.month},
      ${json(document)}, ${one.madeAt}::timestamptz, ${one.madeBy}::uuid
    from provider_terms where provider = ${one.provider}
    returning version`;
  return row!.version;
}

/** Newest first. */
export async function listTerms(sql: Sql, provider: ProviderId): Promise<TermsVersion[]> {
  const rows = await sql<TermsRow>`
    select ${termsColumns} from ${termsTables}
    where t.provider = ${provider} order by t.version desc`;
  return rows.map(toTerms);
}

export async function insertApproval(
  sql: Sql,
  one: { provider: ProviderId; version: number; at: Temporal.Instant; by: KeyId },
): Promise<void> {
  await sql`
    insert into provider_terms_approvals (provider, version, approved_at, approved_by)
    values (${one.provider}, ${one.version}, ${one.at}, ${one.by})`;
}

/** For each provider the newest approved version that holds for the month. */
export async function termsFor(sql: Sql, month: string): Promise<Map<ProviderId, TermsVersion>> {
  const rows = await sql<TermsRow>`
    select distinct on (t.provider) ${termsColumns} from ${termsTables}
    where t.month <= ${month} and a.approved_at is not null
    order by t.provider, t.version desc`;
  return new Map(rows.map((row) => [row.provider, toTerms(row)]));
}

const termsColumns = fragment`t.provider, t.version, t.month, t.terms, t.made_at as "madeAt",
  t.made_by as "madeBy", a.approved_at as "approvedAt", a.approved_by as "approvedBy"`;
const termsTables = fragment`provider_terms t
  left join provider_terms_approvals a on a.provider = t.provider and a.version = t.version`;

interface TermsRow extends Omit<TermsVersion, "terms"> {
  readonly terms: unknown;
}
const toTerms = (row: TermsRow): TermsVersion => ({
  ...row,
  terms: termsOf(providerTerms.parse(row.terms)),
});

const projectList = settlementRoutes.putProjects.body.shape.projects;
export type Projects = z.output<typeof projectList>;

export async function insertProjects(
  sql: Sql,
  one: { tenant: TenantId; projects: Projects; at: Temporal.Instant; by: KeyId },
): Promise<number> {
  const [row] = await sql<{ version: number }>`
    insert into tenant_projects (tenant, version, projects, made_at, made_by)
    select ${one.tenant}, coalesce(max(version), 0) + 1,
      ${json(z.encode(projectList, one.projects))}, ${one.at}::timestamptz, ${one.by}::uuid
    from tenant_projects where tenant = ${one.tenant}
    returning version`;
  return row!.version;
}

/** Of each tenant that has any, as it stands now. */
export async function readProjects(sql: Sql): Promise<Map<TenantId, Projects>> {
  const rows = await sql<{ tenant: TenantId; projects: unknown }>`
    select distinct on (tenant) tenant, projects from tenant_projects
    order by tenant, version desc`;
  return new Map(rows.map(({ tenant, projects }) => [tenant, projectList.parse(projects)]));
}

const invoiceLines = settlementRoutes.putProviderInvoice.body.shape.lines;

/** What a provider's own invoice says of a month. */
export interface ProviderInvoice {
  readonly provider: ProviderId;
  readonly month: string;
  readonly number: string;
  readonly lines: z.output<typeof invoiceLines>;
}

export async function insertInvoice(
  sql: Sql,
  one: ProviderInvoice & { at: Temporal.Instant; by: KeyId },
): Promise<number> {
  const [row] = await sql<{ version: number }>`
    insert into provider_invoices (provider, month, version, number, lines, made_at, made_by)
    select ${one.provider}, ${one.month}, coalesce(max(version), 0) + 1, ${one.number},
      ${json(z.encode(invoiceLines, one.lines))}, ${one.at}::timestamptz, ${one.by}::uuid
    from provider_invoices where provider = ${one.provider} and month = ${one.month}
    returning version`;
  return row!.version;
}

/** The newest of each provider for the month. */
export async function invoicesOf(sql: Sql, month: string): Promise<ProviderInvoice[]> {
  const rows = await sql<Omit<ProviderInvoice, "lines"> & { lines: unknown }>`
    select distinct on (provider) provider, month, number, lines from provider_invoices
    where month = ${month} order by provider, version desc`;
  return rows.map((row) => ({ ...row, lines: invoiceLines.parse(row.lines) }));
}
