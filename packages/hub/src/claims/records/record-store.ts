import type { KeyId, TenantId } from "@wadi/core/units";
import type { Facts } from "@wadi/core/vouchers";
import { caseFields, type RecordKind } from "@wadi/protocol";
import { z } from "zod";

import { fragment, json, type Sql } from "../../db/index.ts";

const factsDocument = caseFields.facts.unwrap();

/** Facts that the operator has on record of somebody, as a version of them stands. */
export interface FactsOnRecord {
  readonly kind: RecordKind;
  readonly subject: string;
  readonly version: number;
  readonly facts: Facts;
  /** Of a provider: tenants that are the same enterprise. */
  readonly ownTenants: TenantId[];
  readonly putBy: KeyId;
  readonly putAt: Temporal.Instant;
}

/** Adds the next version. */
export async function addRecord(
  sql: Sql,
  { kind, subject, version, facts, ownTenants, putBy, putAt }: FactsOnRecord,
): Promise<void> {
  await sql`
    insert into records (kind, subject, version, facts, own_tenants, put_by, put_at)
    values (${kind}, ${subject}, ${version}, ${json(z.encode(factsDocument, facts))},
      ${ownTenants}::text[], ${putBy}, ${putAt})`;
}

/** Whoever changes what is on record of somebody waits here for the one before. */
export async function lockRecord(
  sql: Sql,
  { kind, subject }: Pick<FactsOnRecord, "kind" | "subject">,
): Promise<void> {
  const name = `record/${kind}/${subject}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** The last version. */
export async function recordOf(
  sql: Sql,
  { kind, subject }: Pick<FactsOnRecord, "kind" | "subject">,
): Promise<FactsOnRecord | undefined> {
  const rows = await sql<RecordRow>`
    select ${columns} from records where kind = ${kind} and subject = ${subject}
    order by version desc limit 1`;
  return rows[0] && toRecord(rows[0]);
}

/** The last versions of all that is on record of these. */
export async function recordsOf(
  sql: Sql,
  of: readonly Pick<FactsOnRecord, "kind" | "subject">[],
): Promise<FactsOnRecord[]> {
  const rows = await sql<RecordRow>`
    select distinct on (kind, subject) ${columns} from records
    where (kind, subject) in (select * from unnest(
      ${of.map(({ kind }) => kind)}::text[], ${of.map(({ subject }) => subject)}::text[]))
    order by kind, subject, version desc`;
  return rows.map(toRecord);
}

const columns = fragment`kind, subject, version, facts, own_tenants as "ownTenants",
  put_by as "putBy", put_at as "putAt"`;

interface RecordRow extends Omit<FactsOnRecord, "facts"> {
  readonly facts: z.input<typeof factsDocument>;
}

const toRecord = (row: RecordRow): FactsOnRecord => ({
  ...row,
  facts: z.decode(factsDocument, row.facts),
});
