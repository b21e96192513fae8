import { priceAt } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import type { Dispatcher } from "../dispatcher.ts";
import { needKey } from "./alternatives.ts";
import { firstWithRoom } from "./first-with-room.ts";
import { openView } from "./view.ts";
import { walk } from "./walk.ts";

/**
 * Each job starts at once in the pool with the lowest price of a card-hour now that has room. It
 * looks neither at how fast the card is, nor at data, nor at what comes. Copies the price-sorted
 * choice of spot and market brokers, such as dstack's, which takes the cheapest offer first
 * (https://dstack.ai/docs/concepts/fleets). What finds no room is passed over.
 */
export function cheapestPrice(): Dispatcher {
  const view = openView(needKey);
  const prices = pricesByHour();
  return {
    name: "cheapest price",
    tell: (changes) => view.tell(changes),
    decide: (nowMs) =>
      walk(view, {
        choose: (_, group) => firstWithRoom(view, group, (at) => prices(at.pool, nowMs)),
      }),
  };
}

/** What a card-hour costs now, in micro-yuan; endless where nothing is priced. */
export function pricesByHour(): (pool: PoolNow, nowMs: number) => number {
  const known = new Map<PoolNow, number>();
  let hour = -1;
  return (pool, nowMs) => {
    const now = Math.floor(nowMs / 3_600_000);
    if (now !== hour) known.clear();
    hour = now;
    const before = known.get(pool);
    if (before !== undefined) return before;
    const price = priceAt(pool.prices, Temporal.Instant.fromEpochMilliseconds(nowMs));
    const perCardHour = price.kind === "price" ? Number(price.perCardHour) : Infinity;
    known.set(pool, perCardHour);
    return perCardHour;
  };
}
