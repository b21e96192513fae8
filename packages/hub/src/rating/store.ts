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

import { json, type Sql } from "../db/index.ts";

/** One of a thing's revisions: 1, 2, 3 … */
export interface Revision {
  readonly revision: number;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
}

export interface StoredList extends Revision {
  readonly list: PriceListDraft;
}

export interface StoredAgreement extends Revision {
  readonly tenant: TenantId;
  readonly agreement: Agreement;
}

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

/** The last revision, or the one that is asked for. */
export async function readList(
  sql: Sql,
  id: PriceListId,
  revision: number | null,
): Promise<StoredList | undefined> {
  const [row] = await sql<ListRow>`
    select id, revision, document, made_at as "madeAt", made_by as "madeBy" from price_lists
    where id = ${id} and (${revision}::int is null or revision = ${revision})
    order by revision desc limit 1`;
  return row && toList(row);
}

/** The last revision of each, by id, after one. */
export async function listLists(
  sql: Sql,
  { after, limit }: { after: string; limit: number },
): Promise<StoredList[]> {
  const rows = await sql<ListRow>`
    select distinct on (id) id, revision, document, made_at as "madeAt", made_by as "madeBy"
    from price_lists where id > ${after} order by id, revision desc limit ${limit}`;
  return rows.map(toList);
}

export async function lockAgreements(sql: Sql): Promise<void> {
  await sql`lock table price_agreements in share row exclusive mode`;
}

export async function insertAgreement(sql: Sql, one: StoredAgreement): Promise<void> {
  const document = z.encode(agreementDocument, agreementDocumentOf(one.agreement));
  await sql`
    insert into price_agreements (tenant, revision, document, made_at, made_by)
    values (${one.tenant}, ${one.revision}, ${json(document)}, ${one.madeAt}, ${one.madeBy})`;
}

/** The last revision, or the one that is asked for. */
export async function readAgreement(
  sql: Sql,
  tenant: TenantId,
  revision: number | null,
): Promise<StoredAgreement | undefined> {
  const [row] = await sql<AgreementRow>`
    select tenant, revision, document, made_at as "madeAt", made_by as "madeBy"
    from price_agreements
    where tenant = ${tenant} and (${revision}::int is null or revision = ${revision})
    order by revision desc limit 1`;
  if (!row) return undefined;
  const { document, ...rest } = row;
  return { ...rest, agreement: agreementOf(z.decode(agreementDocument, document), row.tenant) };
}

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
