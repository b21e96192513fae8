import { brokenLaws, noEvidence, type BrokenLaw, type Evidence } from "@wadi/core/job";
import { breaches, type Account } from "@wadi/core/ledger";

import type { Db, Sql } from "../db/index.ts";
import { listAccounts, sumHolds } from "../ledger/index.ts";
import {
  readChargeFacts,
  readHoldFacts,
  readHostFacts,
  readJobFacts,
  readPostingFacts,
  readReadingFacts,
  readRunFacts,
} from "./facts-store.ts";

/**
 * Every law, of jobs and of the books, that the region breaks at this moment; none when all hold.
 * Reads all there is, so it takes its time with a large region; nothing is locked.
 * @param at.evidence  what was seen from outside, by clients and at centres
 * @param at.isQuiet  nothing is under way any more
 */
export function checkLaws(
  db: Db,
  at: { readonly evidence?: Evidence; readonly isQuiet?: boolean } = {},
): Promise<BrokenLaw[]> {
  const { evidence = noEvidence, isQuiet = false } = at;
  const moment = { isolation: "repeatable read", readOnly: true } as const;
  return db.transaction(async (sql) => {
    const [jobs, runs, charges, readings, postings, holds, hosts] = await Promise.all([
      readJobFacts(sql),
      readRunFacts(sql),
      readChargeFacts(sql),
      readReadingFacts(sql),
      readPostingFacts(sql),
      readHoldFacts(sql),
      readHostFacts(sql),
    ]);
    const facts = { jobs, runs, charges, readings, postings, holds, hosts, evidence, isQuiet };
    return [...brokenLaws(facts), ...(await brokenBooks(sql))];
  }, moment);
}

async function brokenBooks(sql: Sql): Promise<BrokenLaw[]> {
  const accounts: Account[] = [];
  for (let after = ""; ; after = accounts.at(-1)!.path) {
    const page = await listAccounts(sql, { after, limit: 1000 });
    accounts.push(...page);
    if (page.length < 1000) break;
  }
  const held = new Map((await sumHolds(sql)).map((one) => [one.account, one.remaining]));
  return breaches({ accounts, held }).map(({ law, what }) => ({ law, detail: what }));
}
