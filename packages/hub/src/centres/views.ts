import { cardsIn, isEmulated, priceAt, type Centre, type Pool } from "@wadi/core/capacity";
import type { CentreId, PoolId } from "@wadi/core/units";
import type { centreSummary, Inventory, poolView } from "@wadi/protocol";
import type { z } from "zod";

import type { CentreState } from "./presence.ts";

export type CentreSummary = z.output<typeof centreSummary>;
export type PoolView = z.output<typeof poolView>;

/** What changes from moment to moment. */
export interface Now {
  readonly at: Temporal.Instant;
  readonly states: ReadonlyMap<CentreId, CentreState>;
  readonly cardsInUse: ReadonlyMap<PoolId, number>;
}

/** A pool that was made smaller may have more cards in use than it has: none are free then. */
export function viewOfPool(pool: Pool, { at, cardsInUse }: Now): PoolView {
  const price = priceAt(pool.prices, at);
  const cards = cardsIn(pool);
  const { timeZone, periods, specialDates } = pool.prices;
  return {
    id: pool.id,
    centre: pool.centreId,
    model: pool.model,
    emulated: isEmulated(pool),
    hosts: pool.hosts.length,
    cards,
    cardsFree: Math.max(0, cards - (cardsInUse.get(pool.id) ?? 0)),
    minimumSlice: pool.minimumSlice,
    maintenance: [...pool.maintenance],
    priceNow: price.kind === "price" ? price.perCardHour : null,
    prices: {
      timeZone,
      periods: periods.map(({ from, to, rules }) => ({
        from,
        to,
        rules: rules.map((rule) => ({ ...rule, days: [...rule.days] })),
      })),
      specialDates: [...specialDates],
    },
  };
}

export function summaryOf(
  centre: Centre,
  of: { pools: readonly Pool[]; isolation: Inventory["isolation"]; now: Now },
): CentreSummary {
  const { pools, isolation, now } = of;
  const mine = pools.filter(({ centreId }) => centreId === centre.id);
  const views = mine.map((pool) => viewOfPool(pool, now));
  const { state, heardAt } = now.states.get(centre.id) ?? { state: "never-joined", heardAt: null };
  return {
    id: centre.id,
    name: centre.name,
    kind: centre.kind,
    place: centre.place,
    provider: centre.providerId,
    state,
    heardAt,
    cards: views.reduce((sum, { cards }) => sum + cards, 0),
    cardsFree: views.reduce((sum, { cardsFree }) => sum + cardsFree, 0),
    isolation,
  };
}
