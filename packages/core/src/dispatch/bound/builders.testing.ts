import { asId, type PoolId } from "../../units/index.ts";
import type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "./problem.ts";
import { hourMs } from "./windows.ts";

/* Builders for tests: each takes what differs. Money is in yuan here. */

/** A full hour of the clock. */
export const now = Date.UTC(2026, 11, 1, 12);
export const yuan = (amount: number) => amount * 1_000_000;
export const poolId = (name: string) => asId<PoolId>(name);

/** So many cards free in each hour, at so many yuan. */
export function aPool(name: string, cards: number[], prices: number[] | number = 1): BoundPool {
  const perCardHour = cards.map((_, hour) =>
    yuan(typeof prices === "number" ? prices : prices[hour]!),
  );
  return {
    id: poolId(name),
    freeCards: cards,
    mostFree: cards,
    perCardHour,
    perCardHourAfter: Math.min(...perCardHour),
  };
}

/** One card for one hour. */
export const anOption = (pool: string, differs: Partial<BoundOption> = {}): BoundOption => ({
  pool: poolId(pool),
  cards: 1,
  runMs: hourMs,
  readyMs: now,
  latestStartMs: null,
  fixed: 0,
  loss: 0,
  ...differs,
});

/** One job that gives a yuan for an hour less of waiting. */
export const aGroup = (
  id: string,
  options: BoundOption[],
  differs: Partial<BoundGroup> = {},
): BoundGroup => ({ id, jobs: 1, waitingPerHour: yuan(1), options, ...differs });

export function aProblem(pools: readonly BoundPool[], groups: readonly BoundGroup[]): BoundProblem {
  const hours = pools[0]!.freeCards.length;
  const edgesMs = Array.from({ length: hours + 1 }, (_, hour) => now + hour * hourMs);
  return { nowMs: now, edgesMs, pools, groups };
}
