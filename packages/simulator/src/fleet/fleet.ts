import type { Centre, Links } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";

/** What a simulation runs on: all of it free and open. */
export interface Fleet {
  readonly name: string;
  /** In the file's order. */
  readonly centres: readonly Centre[];
  /** In the file's order; no two have the same id. */
  readonly pools: readonly PoolNow[];
  readonly links: Links;
}

export const cardsOf = (fleet: Pick<Fleet, "pools">): number =>
  fleet.pools.reduce((sum, pool) => sum + cardsIn(pool), 0);

export const cardsIn = ({ hosts }: PoolNow): number =>
  hosts.reduce((sum, { cards }) => sum + cards, 0);
