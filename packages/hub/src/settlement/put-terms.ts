import { checkTerms, type ProviderTerms } from "@wadi/core/settlement";
import type { ProviderId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { pointerOf, refuseWrongFields, Refused, wrongField } from "../refused.ts";
import { audit, providerOf, tenantOf, type AuditEntry } from "../tenants/index.ts";
import {
  insertApproval,
  insertTerms,
  listTerms,
  lockVersions,
  type TermsVersion,
} from "./terms-store.ts";

type By = AuditEntry["by"];

/**
 * Puts a draft of the next version of a provider's terms. It settles nothing before another person
 * has approved it.
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
    if (!(await providerOf(sql, provider))) throw noProvider(provider);
    const { nettedWith } = terms;
    if (nettedWith !== null && !(await tenantOf(sql, nettedWith))) {
      throw wrongField("/terms/nettedWith", `"${nettedWith}" is no tenant; open it first`);
    }
    await lockVersions(sql);
    const made = { provider, month, terms, madeAt: at, madeBy: by.signer.key };
    const version = await insertTerms(sql, made);
    await tell(sql, { by, at, action: "settlement.terms.put" }, { provider, version, month });
    return { ...made, version, approvedAt: null, approvedBy: null };
  });
}

/**
 * Approves a draft: months from its month on are settled by it when they are computed. A month that
 * is computed already keeps those it was computed by until it is computed again. Approved again by
 * the same person it stays as it is.
 * @throws Refused `not-found`; `needs-another-person` for who put it; `wrong-state` when it, or a
 *   later version, was approved before
 */
export function approveTerms(
  hub: Hub,
  { provider, version, by }: { provider: ProviderId; version: number; by: By },
): Promise<TermsVersion> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockVersions(sql);
    const all = await listTerms(sql, provider);
    const draft = all.find((one) => one.version === version);
    if (!draft) throw new Refused("not-found", {}, `${provider} has no terms ${version}`);
    const person = by.signer.key;
    if (draft.approvedBy === person) return draft;
    const last = all.find(({ approvedAt }) => approvedAt !== null);
    if (last && last.version >= version) {
      const what = `version ${last.version} was approved at ${last.approvedAt}`;
      throw new Refused("wrong-state", { version: last.version }, `${what}; put the terms anew`);
    }
    if (draft.madeBy === person) {
      const detail = "this key put the terms; another person must approve them";
      throw new Refused("needs-another-person", {}, detail);
    }
    await insertApproval(sql, { provider, version, at, by: person });
    const { month } = draft;
    await tell(sql, { by, at, action: "settlement.terms.approve" }, { provider, version, month });
    return { ...draft, approvedAt: at, approvedBy: person };
  });
}

const tell = (
  sql: Parameters<typeof audit>[0],
  entry: Pick<AuditEntry, "by" | "at" | "action">,
  { provider, ...facts }: Pick<TermsVersion, "provider" | "version" | "month">,
) => audit(sql, { ...entry, subject: `provider/${provider}`, facts });

function refuseWrongTerms(terms: ProviderTerms): void {
  refuseWrongFields(
    checkTerms(terms).map(({ path, message }) => {
      return { pointer: pointerOf(`terms.${path}`), detail: message };
    }),
  );
}

const noProvider = (id: ProviderId) => new Refused("not-found", {}, `there is no provider ${id}`);
