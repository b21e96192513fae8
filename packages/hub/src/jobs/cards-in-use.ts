import type { PoolId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { readHostUse } from "./run-store.ts";

/** Cards that runs hold in each pool now; a pool without any is absent. */
export async function cardsInUse(sql: Sql): Promise<Map<PoolId, number>> {
  const sums = new Map<PoolId, number>();
  for (const { pool, cards } of await readHostUse(sql))
    sums.set(pool, (sums.get(pool) ?? 0) + cards);
  return sums;
}
