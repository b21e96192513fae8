import type { ProviderTerms } from "@wadi/core/settlement";
import type { KeyId, ProviderId, TenantId } from "@wadi/core/units";
import { providerTerms, settlementRoutes, termsOf } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../db/index.ts";

/** What a provider is settled by, from a month on, until a later version says otherwise. */
export interface TermsVersion {
  readonly provider: ProviderId;
  readonly version: number;
  readonly month: string;
  readonly terms: ProviderTerms;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
}

/** Who makes a version of what people say waits here for the one before. */
export async function lockVersions(sql: Sql): Promise<void> {
  await sql`lock table provider_terms in share row exclusive mode`;
}

/** Stores it under the next number, which is returned. */
export async function insertTerms(sql: Sql, one: Omit<TermsVersion, "version">): Promise<number> {
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
    select provider, version, month, terms, made_at as "madeAt", made_by as "madeBy"
    from provider_terms where provider = ${provider} order by version desc`;
  return rows.map(toTerms);
}

/** For each provider the newest version that holds for the month. */
export async function termsFor(sql: Sql, month: string): Promise<Map<ProviderId, TermsVersion>> {
  const rows = await sql<TermsRow>`
    select distinct on (provider) provider, version, month, terms, made_at as "madeAt",
      made_by as "madeBy"
    from provider_terms where month <= ${month} order by provider, version desc`;
  return new Map(rows.map((row) => [row.provider, toTerms(row)]));
}

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
