import {
  accounts,
  describeRefusal,
  usualFact,
  type PostRefusal,
  type Transfer,
  type TransferKind,
} from "@wadi/core/ledger";
import {
  formatYuan,
  microYuan,
  noMoney,
  type FundId,
  type HoldId,
  type JobId,
  type MicroYuan,
  type ProgrammeId,
  type TenantId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { latest } from "./latest.ts";
import { postTransfers } from "./post-transfers.ts";

/** The most that a submission can cost, to be set aside. */
export interface NewHold {
  /** Names the submission and its hold. */
  readonly id: HoldId;
  readonly tenant: TenantId;
  readonly job: JobId;
  readonly cash: MicroYuan;
  /** In whole fen. */
  readonly voucher: {
    readonly fund: FundId;
    readonly programme: ProgrammeId;
    readonly amount: MicroYuan;
  } | null;
  readonly at: Temporal.Instant;
}

export type HoldOutcome =
  | { readonly kind: "held" }
  | {
      readonly kind: "refused";
      readonly code: "exceeds-balance";
      readonly facts: Record<string, unknown>;
      readonly detail: string;
    };

/**
 * Sets aside what submissions can cost, cash and voucher together or neither. Each is judged after
 * the ones before it, so that two can never have the same money. Placing one again changes nothing.
 */
export async function placeHolds(sql: Sql, holds: readonly NewHold[]): Promise<HoldOutcome[]> {
  if (holds.length === 0) return [];
  const now = latest(holds.map(({ at }) => at));
  const { outcomes } = await postTransfers(sql, holds.map(transfersOf), now);
  return outcomes.map((outcome, i): HoldOutcome => {
    switch (outcome.kind) {
      case "posted":
      case "repeated":
        return { kind: "held" };
      case "key-reused":
        throw new Error(`the hold ${holds[i]!.id} was placed before with other amounts`);
      case "refused":
        return refusalOf(holds[i]!, outcome.reason);
    }
  });
}

function transfersOf(hold: NewHold): Transfer[] {
  const { id, tenant, cash, voucher } = hold;
  const common = { hold: id, job: hold.job, run: null, note: "", happenedAt: hold.at };
  const fact = (kind: TransferKind) => usualFact({ kind, hold: id, run: null });
  const transfers: Transfer[] = [];
  if (cash > 0n) {
    const way = { from: accounts.prepaid(tenant), to: accounts.held(tenant) };
    transfers.push({ ...common, ...way, kind: "hold", amount: cash, fact: fact("hold") });
  }
  if (voucher && voucher.amount > 0n) {
    const of = { ...voucher, tenant };
    const way = { from: accounts.issued(of), to: accounts.reserved(of) };
    const { amount } = voucher;
    transfers.push({ ...common, ...way, kind: "reserve", amount, fact: fact("reserve") });
  }
  return transfers;
}

function refusalOf({ id, tenant, cash, voucher }: NewHold, reason: PostRefusal): HoldOutcome {
  if (reason.code !== "below-floor") {
    throw new Error(`placing the hold ${id}: ${describeRefusal(reason)}`);
  }
  const isCash = reason.account === accounts.prepaid(tenant).path;
  const needed = isCash ? cash : (voucher?.amount ?? noMoney);
  const missing = microYuan(needed - reason.balance);
  const [most, has, lacks] = [needed, reason.balance, missing].map(formatYuan);
  const detail = isCash
    ? `It can cost up to ${most} yuan in cash; ${has} are free. Top up ${lacks} or set maxCost.`
    : `It counted on ${most} yuan of a voucher; ${has} are left of it by now. Submit it again.`;
  const facts = {
    account: reason.account,
    needed: most,
    available: has,
    cash: formatYuan(cash),
    voucher: formatYuan(voucher?.amount ?? noMoney),
  };
  return { kind: "refused", code: "exceeds-balance", facts, detail };
}
