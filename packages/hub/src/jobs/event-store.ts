import { asId, type JobId, type RunId, type TenantId } from "@wadi/core/units";
import type { JobEvent } from "@wadi/protocol";

import { fragment, json, type Sql } from "../db/index.ts";

export interface NewEvent {
  readonly job: JobId;
  readonly run: RunId | null;
  readonly tenant: TenantId;
  readonly at: Temporal.Instant;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A job that waits looks different to rounds from now on. */
export const reconsidered = (
  { id, tenant }: { readonly id: JobId; readonly tenant: TenantId },
  { at, why }: { at: Temporal.Instant; why: string },
): NewEvent => ({ job: id, run: null, tenant, at, kind: "job.reconsidered", facts: { why } });

/** Whoever moves a job into the queue or out of it tells so here: rounds read what was told. */
export async function insertEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into events (job, run, tenant, at, kind, facts)
    select * from unnest(
      ${events.map((event) => event.job)}::uuid[],
      ${events.map((event) => event.run)}::uuid[],
      ${events.map((event) => event.tenant)}::text[],
      ${events.map((event) => event.at)}::timestamptz[],
      ${events.map((event) => event.kind)}::text[],
      ${events.map((event) => json(event.facts))}::json[])`;
}

/** Where a stream of events stands: after this one. */
export interface EventPlace {
  readonly transaction: bigint;
  readonly id: bigint;
}

export const eventPlaceText = ({ transaction, id }: EventPlace) => `${transaction}-${id}`;

/** @returns undefined when the text is no place */
export function eventPlaceOf(text: string): EventPlace | undefined {
  const [, transaction, id] = /^(\d{1,19})-(\d{1,18})$/.exec(text) ?? [];
  if (transaction === undefined || id === undefined) return undefined;
  return { transaction: BigInt(transaction), id: BigInt(id) };
}

/**
 * The next events of a job or of a tenant, in an order that never grows in the middle: what an
 * open transaction may still write is left for later.
 */
export async function readEvents(
  sql: Sql,
  of: { job: JobId } | { tenant: TenantId },
  { after, limit }: { after: EventPlace; limit: number },
): Promise<JobEvent[]> {
  const mine = "job" in of ? fragment`job = ${of.job}` : fragment`tenant = ${of.tenant}`;
  const rows = await sql<EventRow>`
    select transaction::text as transaction, id, job, run, at, kind, facts from events
    where ${mine} and (transaction, id) > (${after.transaction.toString()}::xid8, ${after.id})
      and transaction < pg_snapshot_xmin(pg_current_snapshot())
    order by transaction, id limit ${limit}`;
  return rows.map((row) => ({
    id: eventPlaceText({ transaction: BigInt(row.transaction), id: row.id }),
    job: asId<JobId>(row.job),
    run: row.run === null ? null : asId<RunId>(row.run),
    at: row.at,
    kind: row.kind,
    facts: row.facts,
  }));
}

/** Whether the job has events after that place, also those that `readEvents` still keeps back. */
export async function hasEventsAfter(sql: Sql, job: JobId, after: EventPlace): Promise<boolean> {
  const rows = await sql`
    select from events
    where job = ${job} and (transaction, id) > (${after.transaction.toString()}::xid8, ${after.id})
    limit 1`;
  return rows.length > 0;
}

interface EventRow {
  transaction: string;
  id: bigint;
  job: string;
  run: string | null;
  at: Temporal.Instant;
  kind: string;
  facts: Record<string, unknown>;
}
