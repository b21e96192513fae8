import { sequence, slug, tenantRoutes as api, uuid } from "@wadi/protocol";
import { asId, type KeyId, type ProviderId, type TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App, type Signer } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { audit, readTrail } from "./audit-store.ts";
import { readKey, readKeys, type ApiKey } from "./key-store.ts";
import { makeKey, type FundExists } from "./make-key.ts";
import { revokeKey } from "./revoke-key.ts";
import type { KeyCheck } from "./sign-in.ts";
import { readProviders, readTenants, saveProvider, saveTenant } from "./store.ts";

export interface TenancyDeps {
  readonly hub: Hub;
  readonly keyCheck: KeyCheck;
  readonly fundExists: FundExists;
}

export function serveTenancy(app: App, deps: TenancyDeps): void {
  serveTenants(app, deps.hub);
  serveProviders(app, deps.hub);
  serveKeys(app, deps);
  serveAudit(app, deps.hub);
}

const tenantPlace = slug<TenantId>();
const providerPlace = slug<ProviderId>();
const keyPlace = uuid<KeyId>();
const trailPlace = sequence;

function serveTenants(app: App, hub: Hub): void {
  serve(app, api.listTenants, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(tenantPlace, cursor) ?? null;
    const rows = await readTenants(hub.db.sql, { after, limit: limit + 1 });
    return pageOfRows(rows, { limit, schema: tenantPlace, placeOf: ({ id }) => id });
  });

  serve(app, api.putTenant, (call) => {
    const at = hub.clock.now();
    return hub.db.transaction(async (sql) => {
      const { tenant, isNew } = await saveTenant(sql, {
        id: call.params.id,
        ...call.body,
        createdAt: at,
      });
      const subject = `tenant/${tenant.id}`;
      await audit(sql, {
        by: call,
        at,
        action: "tenant.put",
        subject,
        facts: { ...call.body, isNew },
      });
      return tenant;
    });
  });
}

function serveProviders(app: App, hub: Hub): void {
  serve(app, api.listProviders, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(providerPlace, cursor) ?? null;
    const rows = await readProviders(hub.db.sql, { after, limit: limit + 1 });
    return pageOfRows(rows, { limit, schema: providerPlace, placeOf: ({ id }) => id });
  });

  serve(app, api.putProvider, (call) => {
    const at = hub.clock.now();
    return hub.db.transaction(async (sql) => {
      const { provider, isNew } = await saveProvider(sql, {
        id: call.params.id,
        ...call.body,
        createdAt: at,
      });
      const facts = { ...call.body, isNew };
      const subject = `provider/${provider.id}`;
      await audit(sql, { by: call, at, action: "provider.put", subject, facts });
      return provider;
    });
  });
}

function serveKeys(app: App, deps: TenancyDeps): void {
  const { hub } = deps;
  serve(app, api.readMe, async ({ signer }) => {
    const key = signer.agent === null ? await readKey(hub.db.sql, signer.key) : undefined;
    if (!key) throw new Refused("not-allowed", {}, "an agent's credential is no key of a person");
    return keyView(key);
  });

  serve(app, api.makeKey, async (call) => {
    const { secret, ...key } = await makeKey(deps, call, call.body);
    void call.raw.reply.header("location", `/v1/keys/${key.id}`);
    return { ...keyView(key), secret };
  });

  serve(app, api.listKeys, async ({ signer, query: { cursor, limit } }) => {
    const before = decodeCursor(keyPlace, cursor) ?? null;
    const rows = await readKeys(hub.db.sql, { within: scopeOf(signer), before, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: keyPlace, placeOf: ({ id }) => id });
    return { ...page, items: page.items.map(keyView) };
  });

  serve(app, api.revokeKey, (call) => revokeKey(deps, call, call.params.id));
}

function serveAudit(app: App, hub: Hub): void {
  serve(app, api.listAudit, async ({ query: { cursor, limit, subject = null } }) => {
    const before = decodeCursor(trailPlace, cursor) ?? null;
    const rows = await readTrail(hub.db.sql, { subject, before, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: trailPlace, placeOf: ({ id }) => id });
    return { ...page, items: page.items.map((line) => ({ ...line, key: keyOf(line.key) })) };
  });
}

/** Null for an operator, who sees the keys of everybody. */
const scopeOf = ({ role, tenant, provider, fund }: Signer) =>
  role === "operator" ? null : { tenant, provider, fund };

const keyView = (key: ApiKey) => ({ ...key, permissions: [...key.permissions] });
const keyOf = (id: string | null) => (id === null ? null : asId<KeyId>(id));
