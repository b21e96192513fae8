import {
  microYuan,
  type KeyId,
  type MicroYuan,
  type ProgrammeId,
  type TenantId,
} from "@wadi/core/units";
import type { TransferId } from "@wadi/core/ledger";
import type { MoneyMoveId, MoneyMoveKind } from "@wadi/protocol";

import { fragment, type Sql } from "../db/index.ts";

/** Money that somebody wants moved, and what became of that. */
export interface MoneyMove {
  readonly id: MoneyMoveId;
  readonly kind: MoneyMoveKind;
  /** The provider or the fund. */
  readonly of: string;
  /** Whose expired voucher is restored; null for the other kinds. */
  readonly tenant: TenantId | null;
  readonly programme: ProgrammeId | null;
  readonly amount: MicroYuan;
  readonly note: string;
  readonly askedBy: KeyId;
  readonly askedAt: Temporal.Instant;
  readonly decidedBy: KeyId | null;
  readonly decidedAt: Temporal.Instant | null;
  readonly posted: TransferId | null;
  readonly receipt: string | null;
  readonly arrivedAt: Temporal.Instant | null;
}

export async function insertMoneyMove(sql: Sql, one: MoneyMove): Promise<void> {
  await sql`
    insert into money_moves (id, kind, of, tenant, programme, amount, note, asked_by, asked_at)
    values (${one.id}, ${one.kind}, ${one.of}, ${one.tenant}, ${one.programme}, ${one.amount},
      ${one.note}, ${one.askedBy}, ${one.askedAt})`;
}

/** Locked until the end of the transaction. */
export async function lockMoneyMove(sql: Sql, id: MoneyMoveId): Promise<MoneyMove | undefined> {
  const [row] = await sql<MoneyMoveRow>`
    select ${columns} from money_moves where id = ${id} for update`;
  return row && toMoneyMove(row);
}

export async function saveDecision(
  sql: Sql,
  { id, decidedBy, decidedAt, posted }: MoneyMove,
): Promise<void> {
  await sql`
    update money_moves set decided_by = ${decidedBy}, decided_at = ${decidedAt},
      posted = ${posted}
    where id = ${id}`;
}

export async function saveReceipt(sql: Sql, { id, receipt, arrivedAt }: MoneyMove): Promise<void> {
  await sql`
    update money_moves set receipt = ${receipt}, arrived_at = ${arrivedAt} where id = ${id}`;
}

/** The move of the same kind and party that a receipt of the bank was recorded for. */
export async function findByReceipt(
  sql: Sql,
  { kind, of, receipt }: Pick<MoneyMove, "kind" | "of" | "receipt">,
): Promise<MoneyMoveId | undefined> {
  const [row] = await sql<{ id: MoneyMoveId }>`
    select id from money_moves where kind = ${kind} and of = ${of} and receipt = ${receipt}`;
  return row?.id;
}

/** Newest first, those below an id. */
export async function listMoneyMoves(
  sql: Sql,
  { below, limit }: { below: MoneyMoveId; limit: number },
): Promise<MoneyMove[]> {
  const rows = await sql<MoneyMoveRow>`
    select ${columns} from money_moves where id < ${below}::uuid order by id desc limit ${limit}`;
  return rows.map(toMoneyMove);
}

const columns = fragment`id, kind, of, tenant, programme, amount, note, asked_by as "askedBy",
  asked_at as "askedAt", decided_by as "decidedBy", decided_at as "decidedAt", posted, receipt,
  arrived_at as "arrivedAt"`;

interface MoneyMoveRow extends Omit<MoneyMove, "amount"> {
  readonly amount: bigint;
}
const toMoneyMove = (row: MoneyMoveRow): MoneyMove => ({ ...row, amount: microYuan(row.amount) });
