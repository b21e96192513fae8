import {
  accounts,
  balanceOf,
  clawbackFacts,
  counterKinds,
  ownerOf,
  transferIdOf,
  undoClawback,
  voucherOf,
  type AccountRef,
  type ClawbackLines,
  type JournalLine,
  type Move,
  type TransferId,
  type TransferKind,
} from "@wadi/core/ledger";
import { asId, minus, noMoney } from "@wadi/core/units";
import type { CorrectionId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { decide, insertCorrection, lockCorrection, type Correction } from "./correction-store.ts";
import { findTransfers } from "./line-store.ts";
import { claimOnce, type Once } from "./once.ts";
import { postTogether } from "./post-by-hand.ts";
import { sha256 } from "./sha256.ts";
import { findAccounts, lockHead } from "./store.ts";

/**
 * Asks that a transfer be undone. Nothing moves until a second person approves. Asked again with
 * the same key, answers with the same correction.
 * @throws Refused `not-found`, `wrong-state` for a kind that has no counter-entry of its own,
 *   `already-exists` when it was asked before, `key-reused`
 */
export function askCorrection(
  hub: Pick<Hub, "db" | "clock" | "newId">,
  ask: {
    readonly transfer: TransferId;
    readonly reason: string;
    readonly by: AuditEntry["by"];
    readonly once: Once;
  },
): Promise<Correction> {
  const { transfer, reason, by, once } = ask;
  return hub.db.transaction(async (sql) => {
    const id = asId<CorrectionId>(hub.newId());
    const before = await claimOnce(sql, { by, once, subject: id });
    if (before !== undefined) return (await lockCorrection(sql, asId<CorrectionId>(before)))!;
    const line = (await findTransfers(sql, [transfer])).get(transfer);
    if (!line) throw new Refused("not-found", {}, `there is no transfer ${transfer}`);
    if (!clawbackFacts(line.fact)) counterOf(line);
    const at = hub.clock.now();
    const correction = {
      ...{ id, transfer, reason },
      ...{ askedBy: by.signer.key, askedAt: at, decidedBy: null, decidedAt: null, posted: null },
    };
    if (!(await insertCorrection(sql, correction))) {
      throw new Refused("already-exists", {}, `${transfer} is undone already, or about to be`);
    }
    const facts = { transfer, reason };
    const subject = `correction/${correction.id}`;
    await audit(sql, { by, at, action: "ledger.correction.ask", subject, facts });
    return correction;
  });
}

/**
 * Decides on a correction. Approved, the counter-entry is posted as of now, into the open period,
 * with the reason as its note; what is decided stays so.
 * @throws Refused `not-found`; `needs-another-person` for who asked; `wrong-state` when it was
 *   decided otherwise; `insufficient-funds` when what is to go back is not there any more
 */
export function decideCorrection(
  hub: Hub,
  asked: {
    readonly id: CorrectionId;
    readonly decision: "approve" | "decline";
    readonly by: AuditEntry["by"];
  },
): Promise<Correction> {
  const { id, decision, by } = asked;
  return hub.db.transaction(async (sql) => {
    const before = await lockCorrection(sql, id);
    if (!before) throw new Refused("not-found", {}, `there is no correction ${id}`);
    if (before.decidedBy !== null) return sameOrRefused(before, decision);
    if (before.askedBy === by.signer.key) {
      const detail = "whoever asks for a correction does not decide on it; another key must";
      throw new Refused("needs-another-person", {}, detail);
    }
    const at = hub.clock.now();
    const decided = { ...before, decidedBy: by.signer.key, decidedAt: at };
    const { transfer, reason } = before;
    const entry = { by, at, action: `ledger.correction.${decision}`, subject: `correction/${id}` };
    if (decision === "decline") {
      await audit(sql, { ...entry, facts: { transfer, reason } });
      await decide(sql, decided);
      return decided;
    }
    const line = (await findTransfers(sql, [transfer])).get(transfer)!;
    const fact = `correction/${transfer}`;
    const note = `corrects ${transfer}: ${reason}`;
    const moves = (await undoing(sql, line)).map(({ part, ...move }) => {
      return { ...move, fact: part === undefined ? fact : `${fact}/${part}`, note };
    });
    const [first] = await postTogether(sql, moves, entry);
    const posted = first!.id;
    await decide(sql, { ...decided, posted });
    return { ...decided, posted };
  });
}

function sameOrRefused(before: Correction, decision: "approve" | "decline"): Correction {
  const was = before.posted === null ? "decline" : "approve";
  if (was === decision) return before;
  const detail = `it was decided at ${before.decidedAt}: ${was}; ask for a new one`;
  throw new Refused("wrong-state", { decision: was }, detail);
}

/** What undoes a transfer: its counter-entry, or all that undoes a clawback. */
async function undoing(
  sql: Sql,
  line: JournalLine,
): Promise<(Omit<Move, "hold"> & { readonly part?: string })[]> {
  const facts = clawbackFacts(line.fact);
  if (!facts) return [counterOf(line)];
  await lockHead(sql); // what the tenant owes stays so until it is posted
  const ids = mapped(facts, (fact) => transferIdOf(fact, sha256));
  const found = await findTransfers(sql, Object.values(ids));
  const lines = mapped(ids, (id) => found.get(id)) as ClawbackLines;
  const { tenant } = voucherOf(line.from);
  const [receivable] = await findAccounts(sql, [accounts.receivable(tenant).path]);
  const owed = receivable ? minus(noMoney, balanceOf(receivable)) : noMoney;
  return undoClawback({ ...lines, asked: line }, owed > noMoney ? owed : noMoney);
}

const mapped = <K extends string, V, W>(of: Record<K, V>, to: (value: V) => W) =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, to(value as V)])) as Record<
    K,
    W
  >;

/** Back between its accounts; what was held goes back free. */
function counterOf({ kind, from, to, amount, id }: JournalLine) {
  const counter = (counterKinds as Partial<Record<TransferKind, TransferKind>>)[kind];
  if (counter) return { kind: counter, from: to, to: freeOf(from), amount };
  const flow = "a dispute, the month's adjustment, or of a claim's clawback its claw-back transfer";
  const detail = `${id} is of the kind ${kind}, which the flow it belongs to undoes: ${flow}`;
  throw new Refused("wrong-state", { kind }, detail);
}

const freeOf = (account: AccountRef): AccountRef =>
  account.kind === "held" ? accounts.prepaid(asId(ownerOf(account))) : account;
