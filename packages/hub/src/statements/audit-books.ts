import type { moneyRoutes, ReplyOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { auditJournal, type AuditCheck } from "../ledger/index.ts";
import { auditCharges } from "../metering/index.ts";
import { snapshot } from "./snapshot.ts";
import { allowLongStatements } from "./store.ts";

type AuditReport = ReplyOf<typeof moneyRoutes.auditBooks>;

/** Checks of another area, of the same moment as those of the books. */
export type MoreChecks = (sql: Sql) => Promise<readonly AuditCheck[]>;

/**
 * Proves the books as they are at this moment: the journal from its first line, balances, holds,
 * the laws of the books, and every charge from its readings and prices. Reads all of it, page by
 * page, while others go on posting; memory grows with accounts and open holds only.
 */
export function auditBooks(
  { db, clock }: Pick<Hub, "db" | "clock">,
  more: MoreChecks = () => Promise.resolve([]),
): Promise<AuditReport> {
  return snapshot(db, async (sql) => {
    await allowLongStatements(sql);
    const { head, found, checks: ofJournal } = await auditJournal(sql);
    const ofCharges = await auditCharges(sql, found.movedBy);
    const checks = [...ofJournal, ...ofCharges, ...(await more(sql))];
    return {
      at: clock.now(),
      transfers: found.lines,
      head: head.hash,
      checks: checks.map((check) => ({ ...check, problems: [...check.problems] })),
      holds: checks.every(({ problems }) => problems.length === 0),
    };
  });
}
