import {
  microYuan,
  type FundId,
  type KeyId,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import type { DisputeId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

export type DisputeOutcome = "provider" | "tenant" | "withdrawn";

/** A provider's money that is kept back until somebody has decided whose it is. */
export interface Dispute {
  readonly id: DisputeId;
  readonly provider: ProviderId;
  readonly tenant: TenantId;
  readonly run: RunId | null;
  readonly amount: MicroYuan;
  readonly reason: string;
  readonly openedAt: Temporal.Instant;
  readonly openedBy: KeyId;
  readonly endedAt: Temporal.Instant | null;
  readonly outcome: DisputeOutcome | null;
}

export async function insertDispute(sql: Sql, one: Dispute): Promise<void> {
  await sql`
    insert into disputes (id, provider, tenant, run, amount, reason, opened_at, opened_by)
    values (${one.id}, ${one.provider}, ${one.tenant}, ${one.run}, ${one.amount}, ${one.reason},
      ${one.openedAt}, ${one.openedBy})`;
}

/** Locked until the end of the transaction. */
export async function lockDispute(sql: Sql, id: DisputeId): Promise<Dispute | undefined> {
  const [row] = await sql<DisputeRow>`
    select id, provider, tenant, run, amount, reason, opened_at as "openedAt",
      opened_by as "openedBy", ended_at as "endedAt", outcome
    from disputes where id = ${id} for update`;
  return row && toDispute(row);
}

export async function endDisputeRow(
  sql: Sql,
  {
    id,
    outcome,
    at,
    by,
  }: { id: DisputeId; outcome: DisputeOutcome; at: Temporal.Instant; by: KeyId },
): Promise<void> {
  await sql`
    update disputes set ended_at = ${at}, ended_by = ${by}, outcome = ${outcome} where id = ${id}`;
}

/** Newest first, those below an id. */
export async function listDisputes(
  sql: Sql,
  { below, limit }: { below: DisputeId; limit: number },
): Promise<Dispute[]> {
  const rows = await sql<DisputeRow>`
    select id, provider, tenant, run, amount, reason, opened_at as "openedAt",
      opened_by as "openedBy", ended_at as "endedAt", outcome
    from disputes where id < ${below}::uuid order by id desc limit ${limit}`;
  return rows.map(toDispute);
}

/** What a dispute may be about: a run's charge, and who paid it. */
export interface DisputedCharge {
  readonly provider: ProviderId;
  readonly tenant: TenantId;
  readonly toProvider: MicroYuan;
  /** Null where no voucher paid any of it. */
  readonly voucher: { readonly fund: FundId; readonly programme: ProgrammeId } | null;
  readonly voucherPaid: MicroYuan;
  readonly cashPaid: MicroYuan;
  /** What disputes about this run hold back, or gave back, already. */
  readonly disputed: MicroYuan;
}

export async function findCharge(sql: Sql, run: RunId): Promise<DisputedCharge | undefined> {
  const [row] = await sql<ChargeRow>`
    select c.provider, c.tenant, c.voucher, c.cash, c.fee, c.programme, p.fund,
      (select coalesce(sum(amount), 0)::text from disputes d where d.run = c.run
        and (outcome is null or outcome = 'tenant')) as disputed
    from charges c left join programmes p on p.id = c.programme
    where c.run = ${run}`;
  if (!row) return undefined;
  const { provider, tenant, voucher, cash, fee, programme, fund, disputed } = row;
  const used = voucher > 0n && programme !== null && fund !== null;
  return {
    ...{ provider, tenant, toProvider: microYuan(voucher + cash - fee) },
    voucher: used ? { fund, programme } : null,
    voucherPaid: microYuan(voucher),
    cashPaid: microYuan(cash),
    disputed: microYuan(BigInt(disputed)),
  };
}

interface ChargeRow {
  readonly provider: ProviderId;
  readonly tenant: TenantId;
  readonly voucher: bigint;
  readonly cash: bigint;
  readonly fee: bigint;
  readonly programme: ProgrammeId | null;
  readonly fund: FundId | null;
  readonly disputed: string;
}

interface DisputeRow extends Omit<Dispute, "amount"> {
  readonly amount: bigint;
}
const toDispute = (row: DisputeRow): Dispute => ({ ...row, amount: microYuan(row.amount) });
