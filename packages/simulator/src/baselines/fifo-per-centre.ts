import type { CentreId, JobId } from "@wadi/core/units";
import type { Shape } from "@wadi/core/dispatch";
import type { Dispatcher } from "../dispatcher.ts";
import { alternativesOf, needKey, type Alternative } from "./alternatives.ts";
import { layOut } from "./room.ts";
import { openView, type Group, type View } from "./view.ts";
import { walk } from "./walk.ts";

/**
 * Centres that know nothing of one another, as where there is no region: each job is handed to one
 * centre as it comes, so that over time each gets as many cards to serve as it has, and waits in
 * that centre's strict FIFO, priority classes first. Copies a plain batch queue without backfill:
 * Slurm's `sched/builtin` (https://slurm.schedmd.com/sched_config.html), one for each centre.
 */
export function fifoPerCentre(): Dispatcher {
  const centres = new Map<JobId, CentreId>();
  const handed = new Map<CentreId, number>();
  const view: View = openView((shape, { id }) => {
    const centre = centres.get(id) ?? hand(view, { shape, handed });
    centres.set(id, centre);
    return `${centre} ${needKey(shape)}`;
  });
  return {
    name: "fifo per centre",
    tell: (changes) => view.tell(changes),
    decide: () => walk(view, { choose: (_, group) => ownRoom(view, group), lineOf }),
  };
}

const lineOf = ({ key }: Group) => key.slice(0, key.indexOf(" "));

/** The first of the centre's pools that has room. */
function ownRoom(view: View, group: Group) {
  const centre = lineOf(group);
  for (const at of view.alternatives(group)) {
    if (at.pool.centre !== centre) continue;
    const gang = { replicas: group.shape.replicas, need: at.need };
    const hosts = layOut(view.room(at.pool.id), gang);
    if (hosts) return { at, hosts };
  }
  return undefined;
}

/** Jobs that no centre could ever run wait here: a batch queue refuses them when they come. */
const nowhere = "nowhere" as CentreId;

/** To the centre that was handed the fewest cards for its size, of those that can run it at all. */
function hand(view: View, { shape, handed }: { shape: Shape; handed: Map<CentreId, number> }) {
  const able = alternativesOf(shape, view.whole(), view.links());
  const sizes = sizesOf(view);
  const loadOf = ({ pool }: Alternative) =>
    (handed.get(pool.centre) ?? 0) / sizes.get(pool.centre)!;
  const [first] = able;
  if (!first) return nowhere;
  const least = able.reduce((a, b) => (loadOf(b) < loadOf(a) ? b : a), first);
  const { centre } = least.pool;
  handed.set(centre, (handed.get(centre) ?? 0) + least.need.cards * shape.replicas);
  return centre;
}

function sizesOf(view: View): Map<CentreId, number> {
  const sizes = new Map<CentreId, number>();
  for (const { centre, hosts } of view.whole()) {
    const cards = hosts.reduce((sum, host) => sum + host.cards, 0);
    sizes.set(centre, (sizes.get(centre) ?? 0) + cards);
  }
  return sizes;
}
