import { roles, type Permission, type PersonRole } from "@wadi/protocol";
import { asId, type FundId, type KeyId, type ProviderId, type TenantId } from "@wadi/core/units";

import { fragment, type Fragment, type Sql } from "../db/index.ts";

/** Whom a key speaks for; at most one of them, by role. */
export interface KeyScope {
  readonly tenant: TenantId | null;
  readonly provider: ProviderId | null;
  readonly fund: FundId | null;
}

/** A key as its makers may see it: without what proves it. */
export interface ApiKey {
  readonly id: KeyId;
  readonly label: string;
  readonly role: PersonRole;
  readonly scope: KeyScope;
  /** What it may do now: the role's permissions, or those of them it was narrowed to. */
  readonly permissions: readonly Permission[];
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly revokedAt: Temporal.Instant | null;
  readonly lastUsedAt: Temporal.Instant | null;
  readonly prefix: string;
}

export interface NewKey {
  readonly id: KeyId;
  readonly prefix: string;
  readonly hash: Uint8Array;
  readonly label: string;
  readonly role: PersonRole;
  readonly scope: KeyScope;
  readonly permissions: readonly Permission[] | null;
  readonly createdAt: Temporal.Instant;
  readonly createdBy: KeyId | null;
  readonly expiresAt: Temporal.Instant;
}

export async function insertKey(sql: Sql, key: NewKey): Promise<ApiKey> {
  const { tenant, provider, fund } = key.scope;
  const rows = await sql<KeyRow>`
    insert into api_keys (id, prefix, hash, label, role, tenant, provider, fund, permissions,
      created_at, created_by, expires_at)
    values (${key.id}, ${key.prefix}, ${key.hash}, ${key.label}, ${key.role}, ${tenant},
      ${provider}, ${fund}, ${key.permissions}, ${key.createdAt}, ${key.createdBy},
      ${key.expiresAt})
    returning ${columns}`;
  return toKey(rows[0]!);
}

/** The key with that public part, and what proves it. */
export async function readKeyByPrefix(
  sql: Sql,
  prefix: string,
): Promise<{ key: ApiKey; hash: Buffer } | undefined> {
  const rows = await sql<KeyRow & { hash: Buffer }>`
    select ${columns}, hash from api_keys where prefix = ${prefix}`;
  return rows[0] && { key: toKey(rows[0]), hash: rows[0].hash };
}

export async function readKey(sql: Sql, id: KeyId): Promise<ApiKey | undefined> {
  const rows = await sql<KeyRow>`select ${columns} from api_keys where id = ${id}`;
  return rows[0] && toKey(rows[0]);
}

/** Keys within a scope, newest first, those older than `before`. A null scope has them all. */
export async function readKeys(
  sql: Sql,
  { within, before, limit }: { within: KeyScope | null; before: KeyId | null; limit: number },
): Promise<ApiKey[]> {
  const older = before === null ? fragment`` : fragment`and id < ${before}`;
  const rows = await sql<KeyRow>`
    select ${columns} from api_keys where ${inScope(within)} ${older}
    order by id desc limit ${limit}`;
  return rows.map(toKey);
}

/** @returns whether it was valid until now */
export async function markRevoked(sql: Sql, id: KeyId, at: Temporal.Instant): Promise<boolean> {
  const changed = await sql`
    update api_keys set revoked_at = ${at} where id = ${id} and revoked_at is null`;
  return changed.count > 0;
}

/** Notes when keys were last used; an older time changes nothing. */
export async function markUsed(sql: Sql, used: ReadonlyMap<KeyId, Temporal.Instant>) {
  const ids = [...used.keys()].sort();
  await sql`
    update api_keys set last_used_at = greatest(last_used_at, used.at)
    from unnest(${ids}::uuid[], ${ids.map((id) => used.get(id)!)}::timestamptz[]) as used (id, at)
    where api_keys.id = used.id`;
}

/** Any number that no other advisory lock of ours has. */
const firstKeyLock = 7_002_001;

/** Of two hubs that want to make the first key, one waits for the other's transaction to end. */
export async function lockFirstKey(sql: Sql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${firstKeyLock})`;
}

/** Whether any key was ever made. */
export async function hasKeys(sql: Sql): Promise<boolean> {
  const rows = await sql`select from api_keys limit 1`;
  return rows.length > 0;
}

const columns = fragment`id, prefix, label, role, tenant, provider, fund, permissions,
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
  last_used_at as "lastUsedAt"`;

interface KeyRow {
  id: string;
  prefix: string;
  label: string;
  role: PersonRole;
  tenant: string | null;
  provider: string | null;
  fund: string | null;
  permissions: Permission[] | null;
  createdAt: Temporal.Instant;
  expiresAt: Temporal.Instant;
  revokedAt: Temporal.Instant | null;
  lastUsedAt: Temporal.Instant | null;
}

function toKey(row: KeyRow): ApiKey {
  const { id, tenant, provider, fund, permissions, ...rest } = row;
  const ofRole: readonly Permission[] = roles[row.role];
  return {
    ...rest,
    id: asId<KeyId>(id),
    scope: {
      tenant: tenant === null ? null : asId<TenantId>(tenant),
      provider: provider === null ? null : asId<ProviderId>(provider),
      fund: fund === null ? null : asId<FundId>(fund),
    },
    permissions: ofRole.filter((one) => permissions === null || permissions.includes(one)),
  };
}

function inScope(scope: KeyScope | null): Fragment {
  if (scope === null) return fragment`true`;
  const { tenant, provider, fund } = scope;
  if (tenant !== null) return fragment`tenant = ${tenant}`;
  if (provider !== null) return fragment`provider = ${provider}`;
  return fragment`fund = ${fund}`;
}
