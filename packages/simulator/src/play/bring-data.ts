import { transfer, type Link } from "@wadi/core/capacity";
import type { Shape } from "@wadi/core/dispatch";
import type { PlaceId } from "@wadi/core/units";

/** What it takes to bring all data of a job to a place. */
export interface Brought {
  /** Micro-yuan. */
  readonly cost: bigint;
  /** All at once: the slowest sets the time. */
  readonly timeMs: number;
  /** The links it comes over. */
  readonly over: readonly Link[];
}

const nothing: Brought = { cost: 0n, timeMs: 0, over: [] };

type ByPlace = Map<PlaceId, Brought | null>;
const known = new WeakMap<readonly Link[], WeakMap<Shape["data"], ByPlace>>();

/**
 * Each piece comes from whichever of its places is cheapest, then fastest. Null where a piece has
 * no way. Worked out once for each array of links and of data: both are values.
 */
export function bringData(
  data: Shape["data"],
  to: PlaceId,
  links: readonly Link[],
): Brought | null {
  if (data.length === 0) return nothing;
  const byData = known.get(links) ?? new WeakMap<Shape["data"], ByPlace>();
  known.set(links, byData);
  const byPlace = byData.get(data) ?? (new Map() as ByPlace);
  byData.set(data, byPlace);
  const before = byPlace.get(to);
  if (before !== undefined) return before;
  const brought = workOut(data, to, links);
  byPlace.set(to, brought);
  return brought;
}

function workOut(data: Shape["data"], to: PlaceId, links: readonly Link[]): Brought | null {
  let cost = 0n;
  let timeMs = 0;
  const over: Link[] = [];
  for (const { places, bytes } of data) {
    const ways = places
      .map((from) => transfer(links, { from, to, bytes }))
      .filter((way) => way.kind === "transfer")
      .toSorted((a, b) => (a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : a.timeMs - b.timeMs));
    const [best] = ways;
    if (!best) return null;
    cost += best.cost;
    timeMs = Math.max(timeMs, best.timeMs);
    over.push(...best.route);
  }
  return { cost, timeMs, over };
}
