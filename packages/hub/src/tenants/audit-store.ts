import type { KeyId } from "@wadi/core/units";

import { fragment, json, type Sql } from "../db/index.ts";
import type { Signer } from "../http/index.ts";

/** One change by a person, as it goes into the trail. */
export interface AuditEntry {
  /** The call that asked for it: `by: call`. */
  readonly by: { readonly signer: Signer; readonly requestId: string };
  readonly at: Temporal.Instant;
  /** What was done, the area first: "tenant.put", "key.revoke". */
  readonly action: string;
  /** To what, by kind and id: "tenant/acme". */
  readonly subject: string;
  /** What changed, as JSON; no secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Writes one entry, in the transaction of the change itself. */
export async function audit(sql: Sql, entry: AuditEntry): Promise<void> {
  await auditAll(sql, [entry]);
}

/** The same for a batch, in its order. */
export async function auditAll(sql: Sql, entries: readonly AuditEntry[]): Promise<void> {
  await appendTrail(
    sql,
    entries.map(({ by, at, action, subject, facts }) => ({
      at,
      key: by.signer.key,
      role: by.signer.role,
      action,
      subject,
      request: by.requestId,
      outcome: "done",
      facts: facts ?? {},
    })),
  );
}

/** A line of the trail; null key and role where nobody was signed in. */
export interface TrailLine {
  readonly at: Temporal.Instant;
  readonly key: string | null;
  readonly role: string | null;
  readonly action: string;
  readonly subject: string;
  readonly request: string;
  readonly outcome: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Lines in their order. */
export async function appendTrail(sql: Sql, lines: readonly TrailLine[]): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    insert into audit_trail (at, key, role, action, subject, request, outcome, facts)
    select at, key, role, action, subject, request, outcome, facts from unnest(
      ${lines.map((line) => line.at)}::timestamptz[],
      ${lines.map((line) => line.key)}::uuid[],
      ${lines.map((line) => line.role)}::text[],
      ${lines.map((line) => line.action)}::text[],
      ${lines.map((line) => line.subject)}::text[],
      ${lines.map((line) => line.request)}::text[],
      ${lines.map((line) => line.outcome)}::text[],
      ${lines.map((line) => json(line.facts))}::json[])
      with ordinality as line (at, key, role, action, subject, request, outcome, facts, place)
    order by place`;
}

/** The trail, newest first; of one subject when it is named; below `before`. */
export async function readTrail(
  sql: Sql,
  { subject, before, limit }: { subject: string | null; before: bigint | null; limit: number },
): Promise<(TrailLine & { id: bigint; key: KeyId | null })[]> {
  const of = subject === null ? fragment`` : fragment`and subject = ${subject}`;
  const older = before === null ? fragment`` : fragment`and id < ${before}`;
  return sql`
    select id, at, key, role, action, subject, request, outcome, facts from audit_trail
    where true ${of} ${older} order by id desc limit ${limit}`;
}
