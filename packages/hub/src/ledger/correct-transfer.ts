import {
  accounts,
  counterKinds,
  ownerOf,
  type AccountRef,
  type JournalLine,
  type TransferId,
  type TransferKind,
} from "@wadi/core/ledger";
import { asId } from "@wadi/core/units";
import type { CorrectionId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { decide, insertCorrection, lockCorrection, type Correction } from "./correction-store.ts";
import { findTransfers } from "./line-store.ts";
import { postByHand } from "./post-by-hand.ts";

/**
 * Asks that a transfer be undone. Nothing moves until a second person approves.
 * @throws Refused `not-found`, `wrong-state` for a kind that has no counter-entry of its own,
 *   `already-exists` when it was asked before
 */
export function askCorrection(
  hub: Hub,
  ask: { readonly transfer: TransferId; readonly reason: string; readonly by: AuditEntry["by"] },
): Promise<Correction> {
  const { transfer, reason, by } = ask;
  return hub.db.transaction(async (sql) => {
    const line = (await findTransfers(sql, [transfer])).get(transfer);
    if (!line) throw new Refused("not-found", {}, `there is no transfer ${transfer}`);
    counterOf(line);
    const at = hub.clock.now();
    const correction = {
      ...{ id: asId<CorrectionId>(hub.newId()), transfer, reason },
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
    const { id: posted } = await postByHand(sql, { ...counterOf(line), fact, note, entry });
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

/** Back between its accounts; what was held goes back free. */
function counterOf({ kind, from, to, amount, id }: JournalLine) {
  const counter = (counterKinds as Partial<Record<TransferKind, TransferKind>>)[kind];
  if (counter) return { kind: counter, from: to, to: freeOf(from), amount };
  const flow = "a clawback, a dispute or the month's adjustment";
  const detail = `${id} is of the kind ${kind}, which the flow it belongs to undoes: ${flow}`;
  throw new Refused("wrong-state", { kind }, detail);
}

const freeOf = (account: AccountRef): AccountRef =>
  account.kind === "held" ? accounts.prepaid(asId(ownerOf(account))) : account;
