import type { Agreement, PriceListDraft, PriceListId } from "@wadi/core/rating";
import type { KeyId, TenantId } from "@wadi/core/units";
import {
  agreementDocument,
  agreementDocumentOf,
  agreementOf,
  priceListSpec,
  type AgreementJson,
  type PriceListJson,
} from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../db/index.ts";

/** One of a thing's revisions: 1, 2, 3 … */
export interface Revision {
  readonly revision: number;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
  /** Null: a draft, by which nothing is rated. */
  readonly approvedAt: Temporal.Instant | null;
  /** Null of a draft, and of what was put before prices took two persons. */
  readonly approvedBy: KeyId | null;
}

export interface StoredList extends Revision {
  readonly list: PriceListDraft;
}

export interface StoredAgreement extends Revision {
  readonly tenant: TenantId;
  readonly agreement: Agreement;
}

/** `held`: the last that was approved; `last`: whatever was put last; or the one of a number. */
export type WhichRevision = "held" | "last" | number;

/** Whoever puts one waits here for the one before, so that revisions follow one another. */
export async function lockLists(sql: Sql): Promise<void> {
  await sql`lock table price_lists in share row exclusive mode`;
}

export async function insertList(sql: Sql, one: StoredList): Promise<void> {
  await sql`
    insert into price_lists (id, revision, document, made_at, made_by)
    values (${one.list.id}, ${one.revision}, ${json(z.encode(priceListSpec, one.list))},
      ${one.madeAt}, ${one.madeBy})`;
}

export async function saveListApproval(
  sql: Sql,
  { list, revision }: StoredList,
  { by, at }: { by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    update price_lists set approved_by = ${by}, approved_at = ${at}
    where id = ${list.id} and revision = ${revision}`;
}

export async function readList(
  sql: Sql,
  id: PriceListId,
  which: WhichRevision,
): Promise<StoredList | undefined> {
  const [row] = await sql<ListRow>`
    select id, ${revisionColumns} from price_lists
    where id = ${id} and ${isRevision(which)} order by revision desc limit 1`;
  return row && toList(row);
}

/** Of each list what holds, and the drafts that are newer; after one of them. */
export async function listLists(
  sql: Sql,
  { after, limit }: { after: readonly [string, number]; limit: number },
): Promise<StoredList[]> {
  const rows = await sql<ListRow>`
    select id, ${revisionColumns} from price_lists p
    where (id, revision) > (${after[0]}, ${after[1]}::int) and not exists (
      select from price_lists later
      where later.id = p.id and later.revision > p.revision and later.approved_at is not null)
    order by id, revision limit ${limit}`;
  return rows.map(toList);
}

export async function lockAgreements(sql: Sql): Promise<void> {
  await sql`lock table price_agreements in share row exclusive mode`;
}

export async function insertAgreement(sql: Sql, one: StoredAgreement): Promise<void> {
  await sql`
    insert into price_agreements (tenant, revision, document, made_at, made_by)
    values (${one.tenant}, ${one.revision}, ${json(documentOf(one.agreement))},
      ${one.madeAt}, ${one.madeBy})`;
}

export async function saveAgreementApproval(
  sql: Sql,
  { tenant, revision }: StoredAgreement,
  { by, at }: { by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    update price_agreements set approved_by = ${by}, approved_at = ${at}
    where tenant = ${tenant} and revision = ${revision}`;
}

export async function readAgreement(
  sql: Sql,
  tenant: TenantId,
  which: WhichRevision,
): Promise<StoredAgreement | undefined> {
  const [row] = await sql<AgreementRow>`
    select tenant, ${revisionColumns} from price_agreements
    where tenant = ${tenant} and ${isRevision(which)} order by revision desc limit 1`;
  return row && toAgreement(row);
}

/** A tenant's approved agreements, in the order in which they were put. */
export async function approvedAgreements(sql: Sql, tenant: TenantId): Promise<StoredAgreement[]> {
  const rows = await sql<AgreementRow>`
    select tenant, ${revisionColumns} from price_agreements
    where tenant = ${tenant} and approved_at is not null order by revision`;
  return rows.map(toAgreement);
}

/** What was approved last with each tenant that has agreed on a list, by id. */
export async function agreementsOn(sql: Sql, list: PriceListId): Promise<StoredAgreement[]> {
  const rows = await sql<AgreementRow>`
    select distinct on (tenant) tenant, ${revisionColumns} from price_agreements
    where approved_at is not null order by tenant, price_agreements.revision desc`;
  return rows.map(toAgreement).filter(({ agreement }) => agreement.list === list);
}

/** Tenants with an approved agreement, by id. */
export async function agreedTenants(sql: Sql): Promise<TenantId[]> {
  const rows = await sql<{ tenant: TenantId }>`
    select distinct tenant from price_agreements where approved_at is not null order by tenant`;
  return rows.map(({ tenant }) => tenant);
}

/** Of each tenant what was approved last, and the drafts that are newer; after one of them. */
export async function listAgreements(
  sql: Sql,
  of: { whose: TenantId | "all"; after: readonly [string, number]; limit: number },
): Promise<StoredAgreement[]> {
  const { whose, after, limit } = of;
  const own = whose === "all" ? fragment`true` : fragment`tenant = ${whose}`;
  const rows = await sql<AgreementRow>`
    select tenant, ${revisionColumns} from price_agreements p
    where ${own} and (tenant, revision) > (${after[0]}, ${after[1]}::int) and not exists (
      select from price_agreements later where later.tenant = p.tenant
        and later.revision > p.revision and later.approved_at is not null)
    order by tenant, revision limit ${limit}`;
  return rows.map(toAgreement);
}

/** Whether they say the same. */
export const isSameList = (a: PriceListDraft, b: PriceListDraft): boolean =>
  JSON.stringify(z.encode(priceListSpec, a)) === JSON.stringify(z.encode(priceListSpec, b));

export const isSameAgreement = (a: Agreement, b: Agreement): boolean =>
  JSON.stringify(documentOf(a)) === JSON.stringify(documentOf(b));

const documentOf = (agreement: Agreement) =>
  z.encode(agreementDocument, agreementDocumentOf(agreement));

const revisionColumns = fragment`revision, document, made_at as "madeAt", made_by as "madeBy",
  approved_at as "approvedAt", approved_by as "approvedBy"`;

const isRevision = (which: WhichRevision) =>
  which === "held"
    ? fragment`approved_at is not null`
    : which === "last"
      ? fragment`true`
      : fragment`revision = ${which}`;

interface ListRow extends Revision {
  readonly id: PriceListId;
  readonly document: PriceListJson;
}

const toList = ({ id: _id, document, ...revision }: ListRow): StoredList => ({
  ...revision,
  list: z.decode(priceListSpec, document),
});

interface AgreementRow extends Revision {
  readonly tenant: TenantId;
  readonly document: AgreementJson;
}

const toAgreement = ({ document, ...rest }: AgreementRow): StoredAgreement => ({
  ...rest,
  agreement: agreementOf(z.decode(agreementDocument, document), rest.tenant),
});
