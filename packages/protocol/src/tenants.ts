import { z } from "zod";
import type { FundId, KeyId, ProviderId, TenantId } from "@wadi/core/units";
import { duration, instant, sequence, slug, uuid } from "./codec.ts";
import { permissions, personRoles } from "./permissions.ts";
import { pageOf, pageQuery, route } from "./route.ts";

const displayName = z.string().min(1).max(128);
const day = 86_400_000;

/** At most so much of a tenant's may hold cards at once; null: no bound. */
const quota = z.strictObject({
  cards: z.int().min(0).nullable().default(null),
  queuedJobs: z.int().min(0).nullable().default(null),
});

export const tenantView = z
  .object({
    id: slug<TenantId>(),
    name: displayName,
    quota,
    createdAt: instant,
  })
  .meta({ id: "Tenant" });

export const providerView = z
  .object({
    id: slug<ProviderId>(),
    name: displayName,
    createdAt: instant,
  })
  .meta({ id: "Provider" });

/** Whom a key speaks for: an area of the region, by role. */
export const keyScope = z
  .strictObject({
    tenant: slug<TenantId>().nullable().default(null),
    provider: slug<ProviderId>().nullable().default(null),
    fund: slug<FundId>().nullable().default(null),
  })
  .meta({ id: "KeyScope" });

export const keyView = z
  .object({
    id: uuid<KeyId>(),
    label: z.string(),
    role: z.enum(personRoles),
    scope: keyScope,
    permissions: z.array(z.enum(permissions)).describe("What it may do: the role's, or fewer."),
    createdAt: instant,
    expiresAt: instant,
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    prefix: z.string().describe("The first characters of the key, to know it by."),
  })
  .meta({ id: "Key" });

const newKey = z.strictObject({
  label: z.string().min(1).max(128),
  role: z.enum(personRoles),
  /** What the role speaks for; a tenant role needs `tenant`, a provider `provider`, … */
  scope: keyScope.prefault({}),
  /** Narrows the role; null takes all of it. */
  permissions: z.array(z.enum(permissions)).min(1).nullable().default(null),
  validFor: duration
    .refine((ms) => ms >= 60_000 && ms <= 366 * day, "must be from 1m to 366d")
    .prefault("90d"),
});

/** One change by a person, or one sign-in refused. */
export const auditEntry = z
  .object({
    id: sequence,
    at: instant,
    key: uuid<KeyId>().nullable(),
    role: z.string().nullable(),
    action: z.string(),
    subject: z.string(),
    request: z.string().describe("The request id, as in the logs."),
    outcome: z.string(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEntry" });

const tag = "Tenants and keys";
export const tenantRoutes = {
  readMe: route({
    method: "GET",
    path: "/v1/me",
    needs: "signed",
    tag,
    status: 200,
    summary: "The key that signs this request",
    reply: keyView,
  }),
  listTenants: route({
    method: "GET",
    path: "/v1/tenants",
    needs: "tenants:read",
    tag,
    status: 200,
    summary: "Tenants by id",
    query: pageQuery,
    reply: pageOf(tenantView),
  }),
  putTenant: route({
    method: "PUT",
    path: "/v1/tenants/:id",
    needs: "tenants:write",
    tag,
    status: 200,
    summary: "Open a tenant or change its name and quota",
    params: z.strictObject({ id: slug<TenantId>() }),
    body: z.strictObject({ name: displayName, quota: quota.prefault({}) }),
    reply: tenantView,
  }),
  listProviders: route({
    method: "GET",
    path: "/v1/providers",
    needs: "tenants:read",
    tag,
    status: 200,
    summary: "Providers by id",
    query: pageQuery,
    reply: pageOf(providerView),
  }),
  putProvider: route({
    method: "PUT",
    path: "/v1/providers/:id",
    needs: "tenants:write",
    tag,
    status: 200,
    summary: "Register a provider or change its name",
    params: z.strictObject({ id: slug<ProviderId>() }),
    body: z.strictObject({ name: displayName }),
    reply: providerView,
  }),
  makeKey: route({
    method: "POST",
    path: "/v1/keys",
    needs: "keys:write",
    tag,
    status: 201,
    summary: "Make a key within the caller's own scope; it is shown once",
    idempotent: false,
    body: newKey,
    reply: keyView.extend({ secret: z.string() }),
  }),
  listKeys: route({
    method: "GET",
    path: "/v1/keys",
    needs: "keys:write",
    tag,
    status: 200,
    summary: "Keys within the caller's scope, newest first",
    query: pageQuery,
    reply: pageOf(keyView),
  }),
  revokeKey: route({
    method: "DELETE",
    path: "/v1/keys/:id",
    needs: "keys:write",
    tag,
    status: 204,
    summary: "Revoke a key, at once and for good",
    params: z.strictObject({ id: uuid<KeyId>() }),
  }),
  listAudit: route({
    method: "GET",
    path: "/v1/audit",
    needs: "audit:read",
    tag,
    status: 200,
    summary: "Changes by people, newest first",
    query: pageQuery.extend({ subject: z.string().max(256).optional() }),
    reply: pageOf(auditEntry),
  }),
} as const;
