import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, providerOf, tenantOf, type AuditEntry } from "../tenants/index.ts";
import {
  insertInvoice,
  insertProjects,
  lockVersions,
  type Projects,
  type ProviderInvoice,
} from "./terms-store.ts";

type By = AuditEntry["by"];

/** @throws Refused `not-found` */
export function putProjects(
  hub: Hub,
  { tenant, projects, by }: { tenant: TenantId; projects: Projects; by: By },
): Promise<number> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw noSuch(`tenant ${tenant}`);
    await lockVersions(sql);
    const version = await insertProjects(sql, { tenant, projects, at, by: by.signer.key });
    const subject = `tenant/${tenant}`;
    await audit(sql, { by, at, action: "settlement.projects", subject, facts: { version } });
    return version;
  });
}

/** @throws Refused `not-found` */
export function putInvoice(
  hub: Hub,
  { by, ...one }: ProviderInvoice & { by: By },
): Promise<number> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    if (!(await providerOf(sql, one.provider))) throw noSuch(`provider ${one.provider}`);
    await lockVersions(sql);
    const version = await insertInvoice(sql, { ...one, at, by: by.signer.key });
    const subject = `provider/${one.provider}`;
    const facts = { version, month: one.month, number: one.number };
    await audit(sql, { by, at, action: "settlement.invoice", subject, facts });
    return version;
  });
}

const noSuch = (what: string) => new Refused("not-found", {}, `there is no ${what}`);
