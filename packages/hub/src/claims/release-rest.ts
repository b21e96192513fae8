import type { Transfer } from "@wadi/core/ledger";
import { plus } from "@wadi/core/units";
import { keysOfRelease, release, type ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import { grantedClaim } from "./claim-case.ts";
import { addToCounters, lockCounters } from "./counter-store.ts";
import { bannedUntil } from "./event-store.ts";
import { releaseTransfers } from "./postings.ts";
import type { StoredClaim } from "./store.ts";
import { withJobUse } from "./used-by-jobs.ts";

/** What was left of a claim, given back. */
export interface Rest {
  readonly claim: StoredClaim;
  readonly transfers: readonly Transfer[];
  /** For the event of the move: what came back, and what the counters got back. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Gives back all that is open of a claim that was issued, its row locked: the counters at once, the
 * books by the transfers that the caller posts. From here on nobody else posts.
 */
export async function releaseRest(
  sql: Sql,
  claim: StoredClaim,
  of: { rules: ProgrammeRules; at: Temporal.Instant; fact: string; why: "expire" | "ungrant" },
): Promise<Rest> {
  const { rules } = of;
  const banned = await bannedUntil(sql, claim);
  const keys = keysOfRelease({ rules, claim: grantedClaim(claim, banned) });
  const counters = await lockCounters(sql, keys);
  await lockHead(sql); // no job uses the voucher from here on
  const used = await withJobUse(sql, claim, rules);
  const freed = release({ rules, claim: grantedClaim(used, banned), counters });
  await addToCounters(sql, freed.touched);
  return {
    claim: { ...used, progress: freed.progress, released: plus(used.released, freed.released) },
    transfers: releaseTransfers(claim, { ...of, shares: freed.payers }),
    facts: {
      released: freed.released,
      touched: freed.touched.map(({ key, by }) => ({ key, by })),
    },
  };
}
