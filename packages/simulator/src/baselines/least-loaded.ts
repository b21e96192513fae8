import type { Dispatcher } from "../dispatcher.ts";
import { needKey } from "./alternatives.ts";
import { firstWithRoom } from "./first-with-room.ts";
import { openView } from "./view.ts";
import { walk } from "./walk.ts";

/**
 * Each job starts in the pool with the smallest share of its cards in use. Copies kube-scheduler's
 * `LeastAllocated` (https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing)
 * and the spreading of Karmada's dynamic weights, pools in the place of hosts. What finds no room
 * is passed over.
 */
export function leastLoaded(): Dispatcher {
  const view = openView(needKey);
  return {
    name: "least loaded",
    tell: (changes) => view.tell(changes),
    decide: () =>
      walk(view, {
        choose: (_, group) =>
          firstWithRoom(view, group, ({ pool }) => {
            const { cards, freeCards } = view.room(pool.id);
            return 1 - freeCards / Math.max(1, cards);
          }),
      }),
  };
}
