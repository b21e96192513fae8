import { asId, type ProviderId, type TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** At most so much of a tenant's; null: no bound. */
export interface Quota {
  /** Held by its runs at once. */
  readonly cards: number | null;
  readonly queuedJobs: number | null;
}

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly quota: Quota;
  readonly createdAt: Temporal.Instant;
}

export interface Provider {
  readonly id: ProviderId;
  readonly name: string;
  readonly createdAt: Temporal.Instant;
}

/** @returns the tenant as it is now, and whether it is new */
export async function saveTenant(
  sql: Sql,
  tenant: Tenant,
): Promise<{ tenant: Tenant; isNew: boolean }> {
  const rows = await sql<TenantRow & { isNew: boolean }>`
    insert into tenants as t (id, name, cards_max, queued_jobs_max, created_at)
    values (${tenant.id}, ${tenant.name}, ${tenant.quota.cards}, ${tenant.quota.queuedJobs},
      ${tenant.createdAt})
    on conflict (id) do update set name = excluded.name, cards_max = excluded.cards_max,
      queued_jobs_max = excluded.queued_jobs_max
    returning t.id, t.name, t.cards_max as cards, t.queued_jobs_max as "queuedJobs",
      t.created_at as "createdAt", xmax = 0 as "isNew"`;
  return { tenant: toTenant(rows[0]!), isNew: rows[0]!.isNew };
}

export async function tenantOf(sql: Sql, id: TenantId): Promise<Tenant | undefined> {
  const rows = await sql<TenantRow>`
    select id, name, cards_max as cards, queued_jobs_max as "queuedJobs", created_at as "createdAt"
    from tenants where id = ${id}`;
  return rows[0] && toTenant(rows[0]);
}

/** Of these ids, those of tenants. */
export async function knownTenants(sql: Sql, ids: readonly TenantId[]): Promise<Set<TenantId>> {
  const rows = await sql<{ id: TenantId }>`select id from tenants where id = any(${ids}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Tenants by id, those after `after`. */
export async function readTenants(
  sql: Sql,
  { after, limit }: { after: TenantId | null; limit: number },
): Promise<Tenant[]> {
  const rows = await sql<TenantRow>`
    select id, name, cards_max as cards, queued_jobs_max as "queuedJobs", created_at as "createdAt"
    from tenants where id > ${after ?? ""} order by id limit ${limit}`;
  return rows.map(toTenant);
}

/** The quotas that bound anything, for a round of dispatch: one statement for all tenants. */
export async function tenantQuotas(sql: Sql): Promise<Map<TenantId, Quota>> {
  const rows = await sql<TenantRow>`
    select id, cards_max as cards, queued_jobs_max as "queuedJobs" from tenants
    where cards_max is not null or queued_jobs_max is not null`;
  return new Map(rows.map((row) => [asId<TenantId>(row.id), toQuota(row)]));
}

/** @returns the provider as it is now, and whether it is new */
export async function saveProvider(
  sql: Sql,
  provider: Provider,
): Promise<{ provider: Provider; isNew: boolean }> {
  const rows = await sql<ProviderRow & { isNew: boolean }>`
    insert into providers as p (id, name, created_at)
    values (${provider.id}, ${provider.name}, ${provider.createdAt})
    on conflict (id) do update set name = excluded.name
    returning p.id, p.name, p.created_at as "createdAt", xmax = 0 as "isNew"`;
  return { provider: toProvider(rows[0]!), isNew: rows[0]!.isNew };
}

export async function providerOf(sql: Sql, id: ProviderId): Promise<Provider | undefined> {
  const rows = await sql<ProviderRow>`
    select id, name, created_at as "createdAt" from providers where id = ${id}`;
  return rows[0] && toProvider(rows[0]);
}

/** Of these ids, those of providers. */
export async function knownProviders(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }>`select id from providers where id = any(${ids}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Providers by id, those after `after`. */
export async function readProviders(
  sql: Sql,
  { after, limit }: { after: ProviderId | null; limit: number },
): Promise<Provider[]> {
  const rows = await sql<ProviderRow>`
    select id, name, created_at as "createdAt" from providers
    where id > ${after ?? ""} order by id limit ${limit}`;
  return rows.map(toProvider);
}

interface TenantRow {
  id: string;
  name: string;
  cards: bigint | null;
  queuedJobs: bigint | null;
  createdAt: Temporal.Instant;
}

interface ProviderRow {
  id: string;
  name: string;
  createdAt: Temporal.Instant;
}

const toTenant = (row: TenantRow): Tenant => ({
  id: asId<TenantId>(row.id),
  name: row.name,
  quota: toQuota(row),
  createdAt: row.createdAt,
});

const toQuota = ({ cards, queuedJobs }: Pick<TenantRow, "cards" | "queuedJobs">): Quota => ({
  cards: cards === null ? null : Number(cards),
  queuedJobs: queuedJobs === null ? null : Number(queuedJobs),
});

const toProvider = (row: ProviderRow): Provider => ({
  id: asId<ProviderId>(row.id),
  name: row.name,
  createdAt: row.createdAt,
});
