import { accounts, type Transfer } from "@wadi/core/ledger";
import type { PayoutBatchId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { readReceipts } from "./payout-file.ts";
import { lockBatch, markEnded, type PayoutBatch } from "./payout-store.ts";
import { postLines } from "./post-groups.ts";

/**
 * Takes in the bank's receipt, all of it or nothing: what arrived leaves the books, what bounced is
 * owed to its provider again. The same receipt again changes nothing.
 * @throws Refused `not-found`, `wrong-state` before the batch was sent; `invalid-request` that
 *   names every record that does not match
 */
export function recordReceipts(
  hub: Hub,
  { id, csv, by }: { id: PayoutBatchId; csv: string; by: AuditEntry["by"] },
): Promise<PayoutBatch> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const batch = await lockBatch(sql, id);
    if (!batch) throw new Refused("not-found", {}, `there is no payout batch ${id}`);
    if (batch.sentAt === null) {
      throw new Refused("wrong-state", {}, `batch ${batch.number} was not sent`);
    }
    const { receipts, wrong } = readReceipts(csv, batch);
    if (wrong.length > 0) throw wrongRecords(wrong);
    const moves = receipts.map(({ line, state, reference }): Transfer => {
      const { provider, amount } = batch.lines[line - 1]!;
      const hasArrived = state === "arrived";
      return {
        kind: hasArrived ? "payout-arrived" : "payout-bounced",
        from: accounts.inTransit(provider),
        to: hasArrived ? accounts.bank() : accounts.payable(provider),
        ...{ amount, fact: `payout-${state}/${id}/${line}`, note: reference },
        ...{ hold: null, job: null, run: null, happenedAt: at },
      };
    });
    if (moves.length === 0) return batch;
    await markEnded(sql, { id, at, ended: receipts });
    const count = (state: string) => receipts.filter((one) => one.state === state).length;
    const facts = { arrived: count("arrived"), bounced: count("bounced") };
    const subject = `payout-batch/${id}`;
    await audit(sql, { by, at, action: "payout.receipts", subject, facts });
    await postLines(sql, moves, at);
    return (await lockBatch(sql, id))!;
  });
}

/** Of more than so many the first are named. */
const namedMax = 50;

function wrongRecords(wrong: readonly string[]): Refused {
  const fields = wrong.slice(0, namedMax).map((detail) => {
    return { pointer: "/csv", in: "body" as const, detail };
  });
  const detail = `${wrong.length} records do not match and nothing was taken in; ${wrong[0]}`;
  return new Refused("invalid-request", {}, detail, fields);
}
