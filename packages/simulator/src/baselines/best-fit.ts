import type { HostShare } from "@wadi/core/dispatch";
import type { Dispatcher } from "../dispatcher.ts";
import { needKey } from "./alternatives.ts";
import { layOut, type HostRoom, type PoolRoom } from "./room.ts";
import { openView, type Group, type View } from "./view.ts";
import { walk, type Choice } from "./walk.ts";

/**
 * Each job starts on the host, of all pools, that it leaves the least free: the classical BestFit
 * of bin packing, as kube-scheduler's `MostAllocated`
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing) does it. A gang
 * takes the tightest hosts of one pool. What finds no room is passed over.
 */
export function bestFit(): Dispatcher {
  const view = openView(needKey);
  return {
    name: "best fit",
    tell: (changes) => view.tell(changes),
    decide: () => walk(view, { choose: (_, group) => tightest(view, group) }),
  };
}

function tightest(view: View, group: Group): Choice | undefined {
  let best: (Choice & { readonly left: number }) | undefined;
  for (const at of view.alternatives(group)) {
    const room = view.room(at.pool.id);
    const hosts = layOut(room, { replicas: group.shape.replicas, need: at.need }, tightness);
    if (!hosts) continue;
    const left = leftOn(room, hosts) - at.need.cards * group.shape.replicas;
    if (!best || left < best.left) best = { at, hosts, left };
  }
  return best;
}

/** Cards first; between equals the host with less of its processor left. */
const tightness = ({ freeCards, cpu, host }: HostRoom) => freeCards + cpu / (2 * (host.cpu + 1));

/** Free cards of the hosts of a gang. */
const leftOn = (room: PoolRoom, hosts: readonly HostShare[]) =>
  [...new Set(hosts.map(({ host }) => host))].reduce(
    (sum, host) => sum + room.hosts.get(host)!.freeCards,
    0,
  );
