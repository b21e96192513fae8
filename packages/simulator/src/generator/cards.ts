import type { CardModel } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import { cardsIn, type Fleet } from "../fleet/fleet.ts";
import { peakOf } from "../fleet/speeds.ts";

/** What a fleet has of one card model. */
export interface CardsOf {
  readonly model: CardModel;
  readonly cards: number;
  /** Of the largest pool. */
  readonly poolMost: number;
  /** Of the smallest host. */
  readonly hostLeast: number;
  /** Thousandths of a core and MiB for each card, on the host that has least. */
  readonly cpuPerCard: number;
  readonly memoryPerCard: number;
  /** The least part of a card that any pool hands out, in thousandths. */
  readonly slice: number;
  /** Beside the model that the fleet has most of. */
  readonly peakRatio: number;
}

/** Accelerators only, most first. @throws RangeError where the fleet has none */
export function cardsByModel({ pools }: Pick<Fleet, "pools">): CardsOf[] {
  const byModel = Map.groupBy(
    pools.filter(({ model, hosts }) => model.stack !== "none" && hosts.length > 0),
    ({ model }) => model.id,
  );
  const all = [...byModel.values()]
    .map(summed)
    .toSorted((a, b) => b.cards - a.cards || (a.model.id < b.model.id ? -1 : 1));
  if (all.length === 0) throw new RangeError("the fleet has no accelerators to make jobs for");
  const usual = all.map(({ model }) => peakOf(model)).find((peak) => peak !== null) ?? 1;
  return all.map((one) => ({ ...one, peakRatio: (peakOf(one.model) ?? usual) / usual }));
}

function summed(pools: readonly PoolNow[]): Omit<CardsOf, "peakRatio"> {
  const hosts = pools.flatMap((pool) => pool.hosts);
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const counts = pools.map(cardsIn);
  return {
    model: pools[0]!.model,
    cards: counts.reduce((a, b) => a + b, 0),
    poolMost: counts.reduce((a, b) => Math.max(a, b), 0),
    hostLeast: least(hosts.map(({ cards }) => cards)),
    cpuPerCard: Math.floor(least(hosts.map(({ cpu, cards }) => cpu / cards))),
    memoryPerCard: Math.floor(least(hosts.map(({ memory, cards }) => memory / cards))),
    slice: least(pools.map(({ minimumSlice }) => minimumSlice)),
  };
}
