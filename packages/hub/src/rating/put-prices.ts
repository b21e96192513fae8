import type { Agreement, PriceListDraft } from "@wadi/core/rating";
import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, tenantOf, type AuditEntry } from "../tenants/index.ts";
import { checkedList, refuseWrongAgreement } from "./check.ts";
import {
  insertAgreement,
  insertList,
  lockAgreements,
  lockLists,
  readAgreement,
  readList,
  type StoredAgreement,
  type StoredList,
} from "./store.ts";

/**
 * Makes a price list's next revision.
 * @throws Refused `invalid-request` with every wrong field
 */
export function putPriceList(
  hub: Hub,
  { list, by }: { list: PriceListDraft; by: AuditEntry["by"] },
): Promise<StoredList> {
  checkedList(list);
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockLists(sql);
    const revision = ((await readList(sql, list.id, null))?.revision ?? 0) + 1;
    const made: StoredList = { list, revision, madeAt: at, madeBy: by.signer.key };
    await insertList(sql, made);
    const subject = `price-list/${list.id}`;
    await audit(sql, { by, at, action: "price-list.put", subject, facts: { revision } });
    return made;
  });
}

/**
 * Makes the next revision of what is agreed with a tenant.
 * @throws Refused `not-found` without such a tenant, `invalid-request` with every wrong field
 */
export function putAgreement(
  hub: Hub,
  { tenant, agreement, by }: { tenant: TenantId; agreement: Agreement; by: AuditEntry["by"] },
): Promise<StoredAgreement> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw new Refused("not-found", {}, `no tenant ${tenant}`);
    await lockAgreements(sql);
    const stored = await readList(sql, agreement.list, null);
    if (!stored) throw wrongField("/list", "names no price list; put it first");
    refuseWrongAgreement(agreement, checkedList(stored.list));
    const revision = ((await readAgreement(sql, tenant, null))?.revision ?? 0) + 1;
    const made: StoredAgreement = {
      ...{ tenant, agreement, revision, madeAt: at, madeBy: by.signer.key },
    };
    await insertAgreement(sql, made);
    const facts = { revision, list: agreement.list };
    await audit(sql, { by, at, action: "agreement.put", subject: `tenant/${tenant}`, facts });
    return made;
  });
}
