import { asId, type Duration, type FundId, type KeyId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "./audit-store.ts";
import { scopeOfNewKey, type KeyWish } from "./key-rules.ts";
import { insertKey, type ApiKey, type KeyScope } from "./key-store.ts";
import { makeSecret } from "./secret.ts";
import { providerOf, tenantOf } from "./store.ts";

export interface MakeKey extends KeyWish {
  readonly label: string;
  readonly validFor: Duration;
}

/** Funds are another area's. */
export type FundExists = (sql: Sql, fund: FundId) => Promise<boolean>;

/**
 * Makes a key within its maker's scope. The secret is in what comes back and nowhere else.
 * @throws Refused as `scopeOfNewKey` does; `invalid-request` when the scope names nothing
 */
export async function makeKey(
  { hub, fundExists }: { hub: Hub; fundExists: FundExists },
  by: AuditEntry["by"],
  wish: MakeKey,
): Promise<ApiKey & { secret: string }> {
  const scope = scopeOfNewKey(by.signer, wish);
  const { secret, prefix, hash } = makeSecret();
  const now = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await refuseUnknownScope(sql, scope, fundExists);
    const key = await insertKey(sql, {
      id: asId<KeyId>(hub.newId()),
      prefix,
      hash,
      label: wish.label,
      role: wish.role,
      scope,
      permissions: wish.permissions,
      createdAt: now,
      createdBy: by.signer.key,
      expiresAt: now.add({ milliseconds: wish.validFor }),
    });
    const facts = { ...scope, role: wish.role, label: wish.label, permissions: wish.permissions };
    await audit(sql, { by, at: now, action: "key.make", subject: `key/${key.id}`, facts });
    return { ...key, secret };
  });
}

async function refuseUnknownScope(
  sql: Sql,
  { tenant, provider, fund }: KeyScope,
  fundExists: FundExists,
): Promise<void> {
  if (tenant !== null && !(await tenantOf(sql, tenant))) {
    throw wrongField("/scope/tenant", `names no tenant; open it with PUT /v1/tenants/${tenant}`);
  }
  if (provider !== null && !(await providerOf(sql, provider))) {
    const cure = `register it with PUT /v1/providers/${provider}`;
    throw wrongField("/scope/provider", `names no provider; ${cure}`);
  }
  if (fund !== null && !(await fundExists(sql, fund))) {
    throw wrongField("/scope/fund", `names no fund; open it with PUT /v1/funds/${fund}`);
  }
}
