import { accounts, balanceOf, type JournalLine } from "@wadi/core/ledger";
import {
  asId,
  formatYuan,
  noMoney,
  type FundId,
  type MicroYuan,
  type ProgrammeId,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import type { MoneyMoveId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  findAccounts,
  lockHead,
  postByHand,
  type ByHand,
  claimOnce,
  type Once,
} from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import { audit, providerOf, type AuditEntry } from "../tenants/index.ts";
import { fundOf } from "../vouchers/index.ts";
import {
  findByReceipt,
  insertMoneyMove,
  lockMoneyMove,
  saveDecision,
  saveReceipt,
  type MoneyMove,
} from "./money-move-store.ts";
import { payableAfterDebts } from "./owed.ts";

type By = AuditEntry["by"];

export interface MoneyMoveAsked {
  readonly kind: MoneyMove["kind"];
  readonly of: string;
  readonly tenant?: TenantId;
  readonly programme?: ProgrammeId;
  readonly amount: MicroYuan;
  readonly note: string;
  readonly by: By;
  readonly once: Once;
}

/**
 * Asks that money be moved. Nothing moves until another person approves. Asked again with the same
 * key, answers with the same move.
 * @throws Refused `not-found`, `key-reused`
 */
export function askMoneyMove(hub: Hub, asked: MoneyMoveAsked): Promise<MoneyMove> {
  const { by, once, tenant = null, programme = null, ...what } = asked;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const id = asId<MoneyMoveId>(hub.newId());
    const before = await claimOnce(sql, { by, once, subject: id });
    if (before !== undefined) return (await lockMoneyMove(sql, asId<MoneyMoveId>(before)))!;
    await refuseUnknown(sql, asked);
    const move: MoneyMove = {
      ...{ ...what, id, tenant, programme, askedBy: by.signer.key, askedAt: at },
      ...{ decidedBy: null, decidedAt: null, posted: null, receipt: null, arrivedAt: null },
    };
    await insertMoneyMove(sql, move);
    await tell(sql, move, { by, at, action: "money-move.ask" });
    return move;
  });
}

/**
 * Decides on a move. Approved, it is posted as of now; what is decided stays so.
 * @throws Refused `not-found`; `needs-another-person` for who asked; `wrong-state` when it was
 *   decided otherwise; `insufficient-funds` when there is not so much
 */
export function decideMoneyMove(
  hub: Hub,
  { id, decision, by }: { id: MoneyMoveId; decision: "approve" | "decline"; by: By },
): Promise<MoneyMove> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const before = await lockMoneyMove(sql, id);
    if (!before) throw noMove(id);
    if (before.decidedBy !== null) return sameOrRefused(before, decision);
    if (before.askedBy === by.signer.key) {
      const detail = "this key asked for it; another person must decide";
      throw new Refused("needs-another-person", {}, detail);
    }
    const decided = { ...before, decidedBy: by.signer.key, decidedAt: at };
    const entry = { by, at, action: `money-move.${decision}`, subject: subjectOf(before) };
    if (decision === "decline") {
      await tell(sql, before, entry);
      await saveDecision(sql, decided);
      return decided;
    }
    await lockHead(sql); // what there is stays so until it is posted
    await refuseBeyond(sql, before);
    const { id: posted } = await postByHand(sql, {
      ...wayOf(before),
      ...{ amount: before.amount, note: before.note, fact: `money-move/${id}`, entry },
    });
    await saveDecision(sql, { ...decided, posted });
    return { ...decided, posted };
  });
}

/**
 * Records the bank's receipt of a fund's refund: the money has left. The same again changes
 * nothing.
 * @throws Refused `not-found`; `wrong-state` for a move that is not on its way; `already-exists`
 *   for a reference that another refund of the fund has
 */
export function recordMoneyReceipt(
  hub: Hub,
  { id, reference, by }: { id: MoneyMoveId; reference: string; by: By },
): Promise<MoneyMove> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const before = await lockMoneyMove(sql, id);
    if (!before) throw noMove(id);
    if (before.receipt === reference) return before;
    if (before.kind !== "fund-refund" || before.posted === null || before.receipt !== null) {
      throw new Refused("wrong-state", {}, `${id} ${whyNoReceipt(before)}`);
    }
    const arrived = { ...before, receipt: reference, arrivedAt: at };
    const other = await findByReceipt(sql, arrived);
    if (other !== undefined) {
      const detail = `the bank's reference "${reference}" is of the refund ${other}`;
      throw new Refused("already-exists", {}, detail);
    }
    await saveReceipt(sql, arrived);
    const fund = asId<FundId>(before.of);
    await postByHand(sql, {
      ...{ kind: "fund-refunded", from: accounts.fundRefund(fund), to: accounts.bank() },
      ...{ amount: before.amount, note: reference, fact: `fund-refunded/${id}` },
      entry: { by, at, action: "money-move.receipt", subject: subjectOf(before) },
    });
    return arrived;
  });
}

/**
 * Records what a fund paid of what it owes, or ahead. Asked again with the same key, answers with
 * the same transfer.
 * @throws Refused `not-found`, `key-reused`, `invalid-request` for a part of a fen
 */
export function payInOfFund(
  hub: Hub,
  asked: { fund: FundId; amount: MicroYuan; note: string; idempotencyKey: string; by: By },
): Promise<JournalLine> {
  const { fund, amount, note, idempotencyKey, by } = asked;
  return hub.db.transaction(async (sql) => {
    await refuseUnknown(sql, { kind: "fund-refund", of: fund });
    return postByHand(sql, {
      ...{ kind: "fund-pays", from: accounts.bank(), to: accounts.due(fund), amount, note },
      fact: `fund-pays/${fund}/${idempotencyKey}`,
      entry: { by, at: hub.clock.now(), action: "fund.pays", subject: `fund/${fund}` },
    });
  });
}

function wayOf({ kind, of, tenant, programme }: MoneyMove): Pick<ByHand, "kind" | "from" | "to"> {
  const fund = asId<FundId>(of);
  switch (kind) {
    case "payout":
      return {
        ...{ kind: "payout", from: accounts.payable(asId<ProviderId>(of)) },
        to: accounts.bank(),
      };
    case "fund-refund":
      return { kind, from: accounts.due(fund), to: accounts.fundRefund(fund) };
    case "fund-return":
      return { kind: "return", from: accounts.available(fund), to: accounts.returned(fund) };
    case "fund-restore": {
      const from = accounts.expired({ fund, tenant: tenant!, programme: programme! });
      return { kind: "restore", from, to: accounts.available(fund) };
    }
  }
}

async function refuseUnknown(
  sql: Sql,
  { kind, of, tenant, programme }: Pick<MoneyMoveAsked, "kind" | "of" | "tenant" | "programme">,
): Promise<void> {
  if (kind === "payout") {
    if (await providerOf(sql, asId<ProviderId>(of))) return;
    throw new Refused("not-found", {}, `there is no provider ${of}`);
  }
  const fund = asId<FundId>(of);
  if (!(await fundOf(sql, fund))) throw new Refused("not-found", {}, `there is no fund ${of}`);
  if (kind !== "fund-restore") return;
  const voucher = accounts.expired({ fund, tenant: tenant!, programme: programme! });
  const [found] = await findAccounts(sql, [voucher.path]);
  if (found?.book === voucher.book) return;
  const detail = `no voucher of ${tenant} of the programme ${programme} expired in the fund ${of}`;
  throw new Refused("not-found", {}, detail);
}

/** Where an account has no floor of its own, or money on it is owed to somebody else. */
async function refuseBeyond(sql: Sql, { kind, of, amount }: MoneyMove): Promise<void> {
  let there: MicroYuan;
  if (kind === "payout") {
    there = (await payableAfterDebts(sql)).get(of) ?? noMoney;
  } else if (kind === "fund-refund") {
    const [due] = await findAccounts(sql, [accounts.due(asId<FundId>(of)).path]);
    there = due ? balanceOf(due) : noMoney;
  } else return;
  if (amount <= there) return;
  const available = formatYuan(there > noMoney ? there : noMoney);
  const what = kind === "payout" ? "is owed" : "has paid ahead";
  const detail = `${of} ${what} ${available} yuan, less than ${formatYuan(amount)}`;
  throw new Refused("insufficient-funds", { available }, detail);
}

function sameOrRefused(before: MoneyMove, decision: "approve" | "decline"): MoneyMove {
  const was = before.posted === null ? "decline" : "approve";
  if (was === decision) return before;
  const detail = `it was decided at ${before.decidedAt}: ${was}; ask for a new one`;
  throw new Refused("wrong-state", { decision: was }, detail);
}

function whyNoReceipt({ kind, receipt, posted }: MoneyMove): string {
  if (kind !== "fund-refund") return `is a ${kind}: only refunds of funds end with a receipt`;
  if (receipt !== null) return `arrived by the receipt ${receipt}`;
  return posted === null ? "was not approved" : "is not on its way";
}

const noMove = (id: MoneyMoveId) => new Refused("not-found", {}, `there is no money move ${id}`);
const subjectOf = ({ kind, of }: MoneyMove) => `${kind === "payout" ? "provider" : "fund"}/${of}`;

const tell = (
  sql: Sql,
  move: MoneyMove,
  entry: Pick<AuditEntry, "by" | "at" | "action">,
): Promise<void> => {
  const { id, kind, amount, note } = move;
  const facts = { id, kind, amount: formatYuan(amount), note };
  return audit(sql, { ...entry, subject: subjectOf(move), facts });
};
