import { accounts, type JournalLine } from "@wadi/core/ledger";
import type { MicroYuan, TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { tenantOf, type AuditEntry } from "../tenants/index.ts";
import { postByHand } from "./post-by-hand.ts";

/** Money that came in at the bank, as an operator records it. */
export interface CashMove {
  readonly amount: MicroYuan;
  readonly note: string;
  /** Names the move for ever: the bank's own reference is a good one. */
  readonly idempotencyKey: string;
  readonly by: AuditEntry["by"];
}

/**
 * Records money that a tenant paid in.
 * @throws Refused `not-found`, `key-reused`
 */
export function topUp(hub: Hub, tenant: TenantId, move: CashMove): Promise<JournalLine> {
  return hub.db.transaction(async (sql) => {
    if (!(await tenantOf(sql, tenant))) throw notFound(`tenant ${tenant}`);
    const way = { from: accounts.bank(), to: accounts.prepaid(tenant) };
    const subject = `tenant/${tenant}`;
    return postByHand(sql, {
      ...way,
      kind: "top-up",
      amount: move.amount,
      note: move.note,
      fact: `top-up/${tenant}/${move.idempotencyKey}`,
      entry: { by: move.by, at: hub.clock.now(), action: "ledger.top-up", subject },
    });
  });
}

const notFound = (what: string) => new Refused("not-found", {}, `there is no ${what}`);
