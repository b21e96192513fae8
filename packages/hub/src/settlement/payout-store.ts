import { microYuan, type KeyId, type MicroYuan, type ProviderId } from "@wadi/core/units";
import type { PayoutBatchId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

export type PayoutState = "made" | "sent" | "arrived" | "bounced";

export interface PayoutLine {
  /** 1, 2, 3 … within the batch. */
  readonly line: number;
  readonly provider: ProviderId;
  readonly amount: MicroYuan;
  readonly state: PayoutState;
  readonly bankReference: string | null;
}

export interface PayoutBatch {
  readonly id: PayoutBatchId;
  /** What the bank's files call it. */
  readonly number: bigint;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
  readonly sentAt: Temporal.Instant | null;
  readonly droppedAt: Temporal.Instant | null;
  readonly lines: readonly PayoutLine[];
}

/** Until the end of the transaction nobody else makes a batch. */
export async function lockBatches(sql: Sql): Promise<void> {
  await sql`lock table payout_batches in share row exclusive mode`;
}

export async function insertBatch(
  sql: Sql,
  one: Pick<PayoutBatch, "id" | "madeAt" | "madeBy" | "lines">,
): Promise<void> {
  await sql`
    insert into payout_batches (id, made_at, made_by)
    values (${one.id}, ${one.madeAt}, ${one.madeBy})`;
  await sql`
    insert into payout_lines (batch, line, provider, amount, state)
    select ${one.id}::uuid, line, provider, amount, 'made' from unnest(
      ${one.lines.map(({ line }) => line)}::int[],
      ${one.lines.map(({ provider }) => provider)}::text[],
      ${one.lines.map(({ amount }) => amount)}::bigint[]) as one (line, provider, amount)`;
}

/** What batches that were neither sent nor dropped are about to pay, by provider. */
export async function promised(sql: Sql): Promise<Map<ProviderId, MicroYuan>> {
  const rows = await sql<{ provider: ProviderId; amount: string }>`
    select provider, sum(amount)::text as amount
    from payout_lines join payout_batches on id = batch
    where sent_at is null and dropped_at is null group by provider`;
  return new Map(rows.map(({ provider, amount }) => [provider, microYuan(BigInt(amount))]));
}

/** Locked until the end of the transaction. */
export async function lockBatch(sql: Sql, id: PayoutBatchId): Promise<PayoutBatch | undefined> {
  const [row] = await sql<BatchRow>`
    select id, number, made_at as "madeAt", made_by as "madeBy", sent_at as "sentAt",
      dropped_at as "droppedAt"
    from payout_batches where id = ${id} for update`;
  return row && { ...row, lines: (await linesOf(sql, [id])).get(id) ?? [] };
}

export async function findBatch(sql: Sql, id: PayoutBatchId): Promise<PayoutBatch | undefined> {
  const [row] = await sql<BatchRow>`
    select id, number, made_at as "madeAt", made_by as "madeBy", sent_at as "sentAt",
      dropped_at as "droppedAt"
    from payout_batches where id = ${id}`;
  return row && { ...row, lines: (await linesOf(sql, [id])).get(id) ?? [] };
}

/** What those who are paid are called. */
export async function providerNames(
  sql: Sql,
  { lines }: PayoutBatch,
): Promise<Map<string, string>> {
  const ids = lines.map(({ provider }) => provider);
  const rows = await sql<{ id: string; name: string }>`
    select id, name from providers where id = any(${ids}::text[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Newest first, those below a number. */
export async function listBatches(
  sql: Sql,
  { below, limit }: { below: bigint; limit: number },
): Promise<PayoutBatch[]> {
  const rows = await sql<BatchRow>`
    select id, number, made_at as "madeAt", made_by as "madeBy", sent_at as "sentAt",
      dropped_at as "droppedAt"
    from payout_batches where number < ${below} order by number desc limit ${limit}`;
  const lines = await linesOf(
    sql,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, lines: lines.get(row.id) ?? [] }));
}

async function linesOf(
  sql: Sql,
  ids: readonly PayoutBatchId[],
): Promise<Map<PayoutBatchId, PayoutLine[]>> {
  const rows = await sql<PayoutLine & { batch: PayoutBatchId; amount: bigint }>`
    select batch, line, provider, amount, state, bank_reference as "bankReference"
    from payout_lines where batch = any(${ids}::uuid[]) order by batch, line`;
  return Map.groupBy(rows, ({ batch }) => batch);
}

export async function markSent(
  sql: Sql,
  { id, at, by }: { id: PayoutBatchId; at: Temporal.Instant; by: KeyId },
): Promise<void> {
  await sql`update payout_batches set sent_at = ${at}, sent_by = ${by} where id = ${id}`;
  await sql`update payout_lines set state = 'sent' where batch = ${id}`;
}

export async function markDropped(
  sql: Sql,
  { id, at }: { id: PayoutBatchId; at: Temporal.Instant },
): Promise<void> {
  await sql`update payout_batches set dropped_at = ${at} where id = ${id}`;
}

/** What the bank says became of lines. */
export async function markEnded(
  sql: Sql,
  {
    id,
    at,
    ended,
  }: {
    id: PayoutBatchId;
    at: Temporal.Instant;
    ended: readonly { line: number; state: PayoutState; reference: string }[];
  },
): Promise<void> {
  await sql`
    update payout_lines set state = one.state, bank_reference = one.reference, ended_at = ${at}
    from unnest(
      ${ended.map(({ line }) => line)}::int[],
      ${ended.map(({ state }) => state)}::text[],
      ${ended.map(({ reference }) => reference)}::text[]) as one (line, state, reference)
    where batch = ${id} and payout_lines.line = one.line`;
}

type BatchRow = Omit<PayoutBatch, "lines">;
