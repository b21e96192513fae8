import type { moneyRoutes, ReplyOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { auditJournal } from "../ledger/index.ts";
import { auditCharges } from "../metering/index.ts";
import { snapshot } from "./snapshot.ts";
import { allowLongStatements } from "./store.ts";

type AuditReport = ReplyOf<typeof moneyRoutes.auditBooks>;

/**
 * Proves the books as they are at this moment: the journal from its first line, balances, holds,
 * the laws of the books, and every charge from its readings and prices. Reads all of it, page by
 * page, while others go on posting; memory grows with accounts and open holds only.
 */
export function auditBooks({ db, clock }: Pick<Hub, "db" | "clock">): Promise<AuditReport> {
  return snapshot(db, async (sql) => {
    await allowLongStatements(sql);
    const { head, found, checks: ofJournal } = await auditJournal(sql);
    const checks = [...ofJournal, ...(await auditCharges(sql, found.movedBy))];
    return {
      at: clock.now(),
      transfers: found.lines,
      head: head.hash,
      checks: checks.map((check) => ({ ...check, problems: [...check.problems] })),
      holds: checks.every(({ problems }) => problems.length === 0),
    };
  });
}
