import { breaches, type Standing } from "@wadi/core/ledger";

import type { Sql } from "../db/index.ts";
import { listAccounts, sumHolds, type StoredAccount } from "./store.ts";

const pageSize = 2000;

/** Every account, and what the holds have left: what the laws of the books are about. */
export async function readStanding(
  sql: Sql,
): Promise<Standing & { readonly accounts: readonly StoredAccount[] }> {
  const accounts: StoredAccount[] = [];
  for (let after = ""; ;) {
    const page = await listAccounts(sql, { after, limit: pageSize });
    accounts.push(...page);
    if (page.length < pageSize) break;
    after = page.at(-1)!.path;
  }
  const held = await sumHolds(sql);
  return { accounts, held: new Map(held.map(({ account, remaining }) => [account, remaining])) };
}

/**
 * What breaks a law of the books now, in sentences; none when all hold. One statement would be torn
 * by whoever posts meanwhile: call it in a transaction of isolation `repeatable read`.
 */
export async function breachesIn(sql: Sql): Promise<string[]> {
  return breaches(await readStanding(sql)).map(({ law, what }) => `${law}: ${what}`);
}
