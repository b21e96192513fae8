import type { Transfer } from "@wadi/core/ledger";
import { plus } from "@wadi/core/units";
import { keysOfRelease, release, type ProgrammeRules, type Release } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { lockHead } from "../../ledger/index.ts";
import { grantedClaim } from "../claim/claim-case.ts";
import { addToCounters, lockCounters } from "../counters/counter-store.ts";
import { bannedUntil } from "../claim/event-store.ts";
import { releaseTransfers } from "./postings.ts";
import { fromParts, ofFirstPayer } from "../split/split-vouchers.ts";
import type { StoredClaim } from "../claim/store.ts";
import { unitMoves, type UnitMove } from "../units/units.ts";
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
  const amount = ofFirstPayer(freed.payers, rules);
  const back = await fromParts(sql, claim, { ...of, amount, ends: true });
  return {
    claim: {
      ...used,
      progress: freed.progress,
      released: plus(used.released, freed.released),
      unitMoves: [...used.unitMoves, ...movesBack(freed, of)],
    },
    transfers: [...back, ...releaseTransfers(claim, { ...of, shares: freed.payers })],
    facts: {
      released: freed.released,
      ...(freed.inKind.length > 0 && { units: freed.inKind }),
      touched: freed.touched.map(({ key, by }) => ({ key, by })),
    },
  };
}

const movesBack = (
  { inKind }: Release,
  { why, fact, at }: { why: "expire" | "ungrant"; fact: string; at: Temporal.Instant },
): UnitMove[] =>
  unitMoves(
    { fact, kind: why === "expire" ? "expire" : "release", at },
    inKind.map(({ code, unit, released }) => ({ code, unit, quantity: released })),
  );
