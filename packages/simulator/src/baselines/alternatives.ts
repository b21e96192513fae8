import type { Link } from "@wadi/core/capacity";
import type { CardOption } from "@wadi/core/job";
import type { Need, PoolNow, Shape } from "@wadi/core/dispatch";
import { bringData, type Brought } from "../play/bring-data.ts";
import { fitsEmpty, type Gang } from "./room.ts";

/** A pool in which a job may run, with what it takes there. */
export interface Alternative {
  readonly pool: PoolNow;
  readonly option: CardOption;
  readonly need: Need;
  readonly brought: Brought;
}

/** The pools that a job may run in when they are empty and open, in the order given. */
export const alternativesOf = (
  shape: Shape,
  pools: readonly PoolNow[],
  links: readonly Link[],
): Alternative[] =>
  pools.flatMap((pool) => {
    const option = shape.cards.options.find(({ model }) => model === pool.model.id);
    if (!option || pool.closed || !isAllowed(shape, pool)) return [];
    const need: Need = {
      cards: option.count,
      share: option.share,
      cpu: shape.cpu,
      memory: shape.memory,
    };
    if (need.share < Math.min(1000, pool.minimumSlice)) return [];
    const brought = bringData(shape.data, pool.place, links);
    if (!brought || !holdsEmpty(pool, { replicas: shape.replicas, need })) return [];
    return [{ pool, option, need, brought }];
  });

function holdsEmpty({ hosts }: PoolNow, { replicas, need }: Gang): boolean {
  let fits = 0;
  return hosts.some((host) => (fits += fitsEmpty(host, need)) >= replicas);
}

function isAllowed({ constraints, ruledOut }: Shape, { id, place, centre, model }: PoolNow) {
  const { places, domesticOnly, allowCentres, denyCentres } = constraints;
  return (
    (places.length === 0 || places.includes(place)) &&
    (!domesticOnly || model.origin === "domestic") &&
    (allowCentres.length === 0 || allowCentres.includes(centre)) &&
    !denyCentres.includes(centre) &&
    !ruledOut.includes(id)
  );
}

/**
 * All that decides where a job fits: jobs with equal keys wait in one line.
 */
export function needKey(shape: Shape): string {
  const options = shape.cards.options.map(({ model, count, share }) => [model, count, share]);
  const { priority, replicas, cpu, memory, constraints, ruledOut, data } = shape;
  // Of its data only where it lies: that says which pools it can reach.
  const places = data.map((piece) => piece.places);
  const rules = [Object.values(constraints), ruledOut, places];
  return JSON.stringify([priority, replicas, cpu, memory, options, rules]);
}
