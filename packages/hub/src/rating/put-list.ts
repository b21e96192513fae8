import type { Problem } from "@wadi/core/capacity";
import {
  checkAgreement,
  checkRevision,
  droppedItems,
  type PriceList,
  type PriceListDraft,
  type PriceListId,
} from "@wadi/core/rating";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { checkedList, refuseProblems } from "./check.ts";
import { nextRevision, refuseApproval } from "./revision.ts";
import {
  agreementsOn,
  insertList,
  isSameList,
  lockLists,
  readList,
  saveListApproval,
  type StoredList,
} from "./store.ts";

type By = AuditEntry["by"];

/** A list as it was put. */
export interface PutList extends StoredList {
  /** What is not wrong, and hardly meant: what it has no price for any more, or agreements name. */
  readonly warnings: readonly Problem[];
}

/**
 * Puts a draft of a price list's next revision; what was put last, put again, changes nothing.
 * @throws Refused `invalid-request` with every wrong field
 */
export function putPriceList(
  hub: Hub,
  { list, by }: { list: PriceListDraft; by: By },
): Promise<PutList> {
  const checked = checkedList(list);
  return hub.db.transaction(async (sql) => {
    await lockLists(sql);
    const held = await readList(sql, list.id, "held");
    refuseProblems(held ? checkRevision(held.list, list) : []);
    const warnings = [...droppedItems(list, held?.list), ...(await missedIn(sql, checked))];
    const last = await readList(sql, list.id, "last");
    if (last && isSameList(last.list, list)) return { ...last, warnings };
    const made: StoredList = { list, ...nextRevision(hub, last, by) };
    await insertList(sql, made);
    const { revision, madeAt: at } = made;
    const subject = `price-list/${list.id}`;
    await audit(sql, { by, at, action: "price-list.put", subject, facts: { revision } });
    return { ...made, warnings };
  });
}

/**
 * Approves a draft: from then on it rates what is not billed yet.
 * @throws Refused `not-found`, `needs-another-person`; `wrong-state` when it, or a later one, was
 *   approved before; `invalid-request` where it no longer fits what holds
 */
export function approvePriceList(
  hub: Hub,
  { id, revision, by }: { id: PriceListId; revision: number; by: By },
): Promise<StoredList> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockLists(sql);
    const draft = await readList(sql, id, revision);
    if (!draft) throw new Refused("not-found", {}, `there is no revision ${revision} of ${id}`);
    const held = await readList(sql, id, "held");
    refuseApproval(draft, { held, by });
    refuseProblems(held ? checkRevision(held.list, draft.list) : []);
    await saveListApproval(sql, draft, { by: by.signer.key, at });
    const [subject, facts] = [`price-list/${id}`, { revision }];
    await audit(sql, { by, at, action: "price-list.approve", subject, facts });
    return { ...draft, approvedAt: at, approvedBy: by.signer.key };
  });
}

/** What tenants have agreed on and the list does not have. */
async function missedIn(sql: Sql, list: PriceList): Promise<Problem[]> {
  return (await agreementsOn(sql, list.id)).flatMap(({ tenant, agreement }) =>
    checkAgreement(agreement, list).map(({ path, message }) => ({
      path: "versions",
      message: `leaves out what ${tenant} has agreed on: ${path} ${message}`,
    })),
  );
}
