import type { Alternative } from "./alternatives.ts";
import { layOut } from "./room.ts";
import type { Group, View } from "./view.ts";
import type { Choice } from "./walk.ts";

/** The alternative with the smallest rank that has room now; between equals, by pool id. */
export function firstWithRoom(
  view: View,
  group: Group,
  rankOf: (at: Alternative) => number,
): Choice | undefined {
  const { replicas } = group.shape;
  const ranked = view
    .alternatives(group)
    .filter(
      ({ pool, need }) =>
        need.share < 1000 || view.room(pool.id).freeCards >= replicas * need.cards,
    )
    .map((at) => ({ at, rank: rankOf(at) }))
    .toSorted((a, b) => a.rank - b.rank);
  for (const { at, rank } of ranked) {
    if (rank === Infinity) return undefined;
    const hosts = layOut(view.room(at.pool.id), { replicas, need: at.need });
    if (hosts) return { at, hosts };
  }
  return undefined;
}
