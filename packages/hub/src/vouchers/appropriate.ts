import { accounts, type JournalLine } from "@wadi/core/ledger";
import type { FundId, MicroYuan } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { postByHand } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { fundOf } from "./store.ts";

/** Money that a public body put at a fund's disposal. */
export interface Appropriation {
  readonly fund: FundId;
  /** In whole fen. */
  readonly amount: MicroYuan;
  readonly note: string;
  /** Names the appropriation for ever. */
  readonly idempotencyKey: string;
  readonly by: AuditEntry["by"];
}

/** @throws Refused `not-found`, `key-reused`, `invalid-request` for a part of a fen */
export function appropriate(hub: Hub, asked: Appropriation): Promise<JournalLine> {
  const { fund, amount, note, idempotencyKey, by } = asked;
  return hub.db.transaction(async (sql) => {
    if (!(await fundOf(sql, fund))) throw new Refused("not-found", {}, `there is no fund ${fund}`);
    const way = { from: accounts.appropriation(fund), to: accounts.available(fund) };
    const subject = `fund/${fund}`;
    return postByHand(sql, {
      ...way,
      kind: "appropriate",
      amount,
      note,
      fact: `appropriate/${fund}/${idempotencyKey}`,
      entry: { by, at: hub.clock.now(), action: "fund.appropriate", subject },
    });
  });
}
