import type { JobId, PoolId } from "@wadi/core/units";
import type { PoolNow, Shape } from "@wadi/core/dispatch";
import type { Dispatcher } from "../dispatcher.ts";
import { alternativesOf, needKey, type Alternative } from "./alternatives.ts";
import { pricesByHour } from "./cheapest-price.ts";
import { firstWithRoom } from "./first-with-room.ts";
import { openView, type View } from "./view.ts";
import { walk } from "./walk.ts";

/**
 * Each job by itself goes where its compute and the moving of its data cost least, free or not, and
 * waits there. Copies the objective of SkyPilot's optimizer (Yang et al., "SkyPilot: An Intercloud
 * Broker for Sky Computing", NSDI 2023, section 4: price × run time + egress), which knows neither
 * queue nor capacity. In a pool the jobs are passed over that find no room.
 */
export function cheapestWithData(): Dispatcher {
  const chosen = new Map<JobId, PoolId>();
  const prices = pricesByHour();
  const view: View = openView((shape, job) => {
    const pool = chosen.get(job.id) ?? cheapest(view, shape, (at) => prices(at, job.submittedMs));
    if (pool) chosen.set(job.id, pool);
    return `${pool ?? anyPool} ${needKey(shape)}`;
  });
  return {
    name: "cheapest with data",
    tell: (changes) => view.tell(changes),
    decide: () =>
      walk(view, {
        choose: (_, group) => {
          const [own] = group.key.split(" ");
          const isOwn = ({ pool }: Alternative) => own === anyPool || pool.id === own;
          return firstWithRoom(view, group, (at) => (isOwn(at) ? 0 : Infinity));
        },
      }),
  };
}

/** Of jobs that had no pool when they came, as while their centre was away. */
const anyPool = "*";

function cheapest(
  view: View,
  shape: Shape,
  priceOf: (pool: PoolNow) => number,
): PoolId | undefined {
  const pools = view.rooms().map(({ pool }) => pool);
  let best: { readonly id: PoolId; readonly cost: number } | undefined;
  for (const at of alternativesOf(shape, pools, view.links())) {
    const hours = (at.option.expectedRunTime ?? shape.maxRunTime) / 3_600_000;
    const cards = (at.need.cards * at.need.share * shape.replicas) / 1000;
    const cost = priceOf(at.pool) * hours * cards + Number(at.brought.cost);
    if (!best || cost < best.cost) best = { id: at.pool.id, cost };
  }
  return best?.id;
}
