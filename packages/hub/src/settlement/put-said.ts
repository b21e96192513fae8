import { checkTerms, type ProviderTerms } from "@wadi/core/settlement";
import type { ProviderId, TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, providerOf, tenantOf, type AuditEntry } from "../tenants/index.ts";
import {
  insertInvoice,
  insertProjects,
  insertTerms,
  lockVersions,
  type Projects,
  type ProviderInvoice,
  type TermsVersion,
} from "./terms-store.ts";

type By = AuditEntry["by"];

/**
 * Makes the next version of a provider's terms. A month that is computed already keeps those it was
 * computed by until it is computed again.
 * @throws Refused `not-found`; `invalid-request` with the place of everything that is wrong
 */
export function putTerms(
  hub: Hub,
  asked: { provider: ProviderId; month: string; terms: ProviderTerms; by: By },
): Promise<TermsVersion> {
  const { provider, month, terms, by } = asked;
  refuseWrongTerms(terms);
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    if (!(await providerOf(sql, provider))) throw noSuch(`provider ${provider}`);
    await lockVersions(sql);
    const made = { provider, month, terms, madeAt: at, madeBy: by.signer.key };
    const version = await insertTerms(sql, made);
    const subject = `provider/${provider}`;
    await audit(sql, { by, at, action: "settlement.terms", subject, facts: { version, month } });
    return { ...made, version };
  });
}

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

function refuseWrongTerms(terms: ProviderTerms): void {
  const fields = checkTerms(terms).map(({ path, message }) => ({
    pointer: `/terms/${path.replaceAll(/\[(\d+)\]/g, "/$1").replaceAll(".", "/")}`,
    in: "body" as const,
    detail: message,
  }));
  const [first, ...more] = fields;
  if (!first) return;
  const rest = more.length > 0 ? `, and ${more.length} more` : "";
  throw new Refused("invalid-request", {}, `${first.pointer} ${first.detail}${rest}`, fields);
}

const noSuch = (what: string) => new Refused("not-found", {}, `there is no ${what}`);
