import {
  balanceOf,
  describeRefusal,
  moneyBook,
  ownerOf,
  type AccountKind,
  type Transfer,
} from "@wadi/core/ledger";
import { formatYuan, type MicroYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { accountsIn, postTransfers } from "../ledger/index.ts";
import { Refused } from "../refused.ts";

/**
 * Posts all of it, or the transaction fails.
 * @throws Refused `insufficient-funds` where an account has not so much any more
 */
export async function postGroups(
  sql: Sql,
  groups: readonly (readonly Transfer[])[],
  at: Temporal.Instant,
): Promise<void> {
  const { outcomes } = await postTransfers(sql, groups, at);
  for (const outcome of outcomes) {
    if (outcome.kind === "key-reused") throw new Error(`settling: ${outcome.fact} posted before`);
    if (outcome.kind !== "refused") continue;
    const { reason } = outcome;
    if (reason.code !== "below-floor") throw new Error(`settling: ${describeRefusal(reason)}`);
    const detail = `${reason.account} has only ${formatYuan(reason.balance)} yuan by now`;
    throw new Refused("insufficient-funds", { account: reason.account }, detail);
  }
}

/** The same for transfers that have nothing to do with each other. */
export const postLines = (sql: Sql, moves: readonly Transfer[], at: Temporal.Instant) =>
  postGroups(
    sql,
    moves.map((move) => [move]),
    at,
  );

/** What stands on each account of a kind in the book of money, by its owner. */
export async function standingOf(sql: Sql, kind: AccountKind): Promise<Map<string, MicroYuan>> {
  const found = await accountsIn(sql, moneyBook, [kind]);
  return new Map(found.map((account) => [ownerOf(account), balanceOf(account)]));
}
