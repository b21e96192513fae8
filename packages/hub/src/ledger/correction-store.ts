import type { TransferId } from "@wadi/core/ledger";
import type { CorrectionId } from "@wadi/protocol";

import { fragment, type Sql } from "../db/index.ts";

/** A wish that a transfer be undone, and what became of it. */
export interface Correction {
  readonly id: CorrectionId;
  readonly transfer: TransferId;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: Temporal.Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Temporal.Instant | null;
  readonly posted: TransferId | null;
}

/** @returns false when the transfer has been undone, or is about to be */
export async function insertCorrection(
  sql: Sql,
  { id, transfer, reason, askedBy, askedAt }: Correction,
): Promise<boolean> {
  const rows = await sql`
    insert into corrections (id, transfer, reason, asked_by, asked_at)
    values (${id}, ${transfer}, ${reason}, ${askedBy}, ${askedAt})
    on conflict (transfer) where decided_by is null or posted is not null do nothing
    returning id`;
  return rows.length > 0;
}

/** Locked until the transaction ends. */
export async function lockCorrection(sql: Sql, id: CorrectionId): Promise<Correction | undefined> {
  const [row] = await sql<Correction>`
    select ${columns} from corrections where id = ${id} for update`;
  return row;
}

export async function decide(sql: Sql, correction: Correction): Promise<void> {
  const { id, decidedBy, decidedAt, posted } = correction;
  await sql`
    update corrections set decided_by = ${decidedBy}, decided_at = ${decidedAt},
      posted = ${posted}
    where id = ${id}`;
}

/**
 * For a statement that has a row of `claims`: what was asked back under it and was undone since. Of
 * corrections there are few.
 */
export const undoneOfClaim = fragment`(
  select coalesce(sum(undone.amount), 0)
  from corrections k join transfers undone on undone.id = k.transfer
  where k.posted is not null and undone.fact like '%claim/' || claims.id || '/claw-back/%')`;

/** By when they were asked for, after one of them. */
export const listCorrections = (
  sql: Sql,
  { after, limit }: { after: { at: Temporal.Instant; id: CorrectionId }; limit: number },
): Promise<Correction[]> =>
  sql<Correction>`
    select ${columns} from corrections
    where (asked_at, id) > (${after.at}, ${after.id}::uuid)
    order by asked_at, id limit ${limit}`;

const columns = fragment`id, transfer, reason, asked_by as "askedBy", asked_at as "askedAt",
  decided_by as "decidedBy", decided_at as "decidedAt", posted`;
