import type { Agreement, PriceList } from "@wadi/core/rating";
import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, tenantOf, type AuditEntry } from "../tenants/index.ts";
import { lastBilledMonth, lockBills } from "./bill-store.ts";
import { checkedList, refuseWrongAgreement } from "./check.ts";
import { nextRevision, refuseApproval } from "./revision.ts";
import {
  saveAgreementApproval,
  insertAgreement,
  isSameAgreement,
  lockAgreements,
  readAgreement,
  readList,
  type StoredAgreement,
} from "./store.ts";

type By = AuditEntry["by"];

/**
 * Puts a draft of what is agreed with a tenant; what was put last, put again, changes nothing.
 * Without a first day it holds from the day that it is put.
 * @throws Refused `not-found` without such a tenant, `invalid-request` with every wrong field, such
 *   as a first day in a month that is closed or was billed
 */
export function putAgreement(
  hub: Hub,
  { tenant, agreement: given, by }: { tenant: TenantId; agreement: Agreement; by: By },
): Promise<StoredAgreement> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw new Refused("not-found", {}, `no tenant ${tenant}`);
    await lockAgreements(sql);
    const list = await heldList(sql, given);
    const today = at.toZonedDateTimeISO(list.timeZone).toPlainDate();
    const agreement = { ...given, from: given.from ?? today };
    const last = await readAgreement(sql, tenant, "last");
    if (last && isSameAgreement(last.agreement, agreement)) return last;
    await refuseUnfit(sql, { tenant, agreement, list });
    const made: StoredAgreement = { tenant, agreement, ...nextRevision(hub, last, by) };
    await insertAgreement(sql, made);
    const facts = { revision: made.revision, list: list.id, from: `${agreement.from}` };
    await audit(sql, { by, at, action: "agreement.put", subject: `tenant/${tenant}`, facts });
    return made;
  });
}

/**
 * Approves a draft: it rates the tenant's use from its first day on.
 * @throws Refused `not-found`, `needs-another-person`; `wrong-state` when it, or a later one, was
 *   approved before; `invalid-request` where its first month was billed or closed meanwhile, or
 *   what it names is no longer in the list
 */
export function approveAgreement(
  hub: Hub,
  { tenant, revision, by }: { tenant: TenantId; revision: number; by: By },
): Promise<StoredAgreement> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockBills(sql); // nobody bills a month that it starts in beside this
    await lockAgreements(sql);
    const draft = await readAgreement(sql, tenant, revision);
    if (!draft) throw new Refused("not-found", {}, `there is no revision ${revision} of ${tenant}`);
    refuseApproval(draft, { held: await readAgreement(sql, tenant, "held"), by });
    const { agreement } = draft;
    await refuseUnfit(sql, { tenant, agreement, list: await heldList(sql, agreement) });
    await saveAgreementApproval(sql, draft, { by: by.signer.key, at });
    const [subject, facts] = [`tenant/${tenant}`, { revision }];
    await audit(sql, { by, at, action: "agreement.approve", subject, facts });
    return { ...draft, approvedAt: at, approvedBy: by.signer.key };
  });
}

async function heldList(sql: Sql, { list: id }: Agreement): Promise<PriceList> {
  const stored = await readList(sql, id, "held");
  if (stored) return checkedList(stored.list);
  throw wrongField(
    "/list",
    `names "${id}", of which nothing was approved; put and approve it first`,
  );
}

async function refuseUnfit(
  sql: Sql,
  of: { tenant: TenantId; agreement: Agreement; list: PriceList },
): Promise<void> {
  const { tenant, agreement, list } = of;
  refuseWrongAgreement(agreement, list);
  const held = await readAgreement(sql, tenant, "held");
  const zone = held && (await heldList(sql, held.agreement)).timeZone;
  if (zone !== undefined && zone !== list.timeZone) {
    const cure = `agree on a list in ${zone}`;
    throw wrongField("/list", `is in ${list.timeZone}, the tenant's months are not; ${cure}`);
  }
  const open = await firstOpenDay(sql, { tenant, timeZone: list.timeZone });
  if (agreement.from && Temporal.PlainDate.compare(agreement.from, open) < 0) {
    const why = "months before are closed, or billed to the tenant";
    throw wrongField(
      "/from",
      `${agreement.from} is too early: ${why}; start it on ${open} or later`,
    );
  }
}

/** The first day that is in no month that is closed or was billed to the tenant. */
async function firstOpenDay(
  sql: Sql,
  { tenant, timeZone }: { tenant: TenantId; timeZone: string },
): Promise<Temporal.PlainDate> {
  const closed = (await lockHead(sql)).closedUntil.toZonedDateTimeISO(timeZone);
  const day = closed.toPlainDate();
  const isMidnight = closed.equals(closed.startOfDay());
  const open = isMidnight ? day : day.add({ days: 1 });
  const billed = await lastBilledMonth(sql, tenant);
  const next = billed?.add({ months: 1 }).toPlainDate({ day: 1 });
  return next && Temporal.PlainDate.compare(next, open) > 0 ? next : open;
}
