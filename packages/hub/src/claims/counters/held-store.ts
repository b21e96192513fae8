import type { ClaimId } from "@wadi/protocol";

import type { Sql } from "../../db/index.ts";
import type { Taken } from "./counter-store.ts";

/**
 * What claims that were not issued hold of counters: what they reserved when they were applied for,
 * or when their round was decided, or what they spent and were refused; less what was given back.
 * Their rows are locked. Claims that hold nothing are left out.
 */
export async function heldByClaims(
  sql: Sql,
  claims: readonly ClaimId[],
): Promise<ReadonlyMap<ClaimId, readonly Taken[]>> {
  if (claims.length === 0) return new Map();
  const rows = await sql<Taken & { claim: ClaimId }>`
    select claim, move->>'key' as key, sum((move->>'by')::bigint)::bigint as by
    from claim_events, json_array_elements(facts->'touched') as move
    where claim = any(${claims}::uuid[]) and facts->'touched' is not null
    group by claim, key having sum((move->>'by')::bigint) <> 0 order by claim, key`;
  const held = new Map<ClaimId, Taken[]>();
  for (const { claim, key, by } of rows) {
    const before = held.get(claim);
    if (before) before.push({ key, by });
    else held.set(claim, [{ key, by }]);
  }
  return held;
}

/** The same of one claim. */
export async function heldBy(sql: Sql, claim: ClaimId): Promise<readonly Taken[]> {
  return (await heldByClaims(sql, [claim])).get(claim) ?? [];
}
