import { ascending, type MicroYuan, type PlaceId } from "../units/index.ts";

/** A way for data, one way only: there and back are two links. */
export interface Link {
  readonly from: PlaceId;
  readonly to: PlaceId;
  /** 10^6 bits a second. */
  readonly megabitsPerSecond: number;
  /** Per GB of 10^9 bytes. */
  readonly perGB: MicroYuan;
}

/** The region's links; at most one from a place to another. */
export type Links = readonly Link[];

export type Route = readonly Link[];

/** The best route from one place to each other that can be reached. */
export type Routes = ReadonlyMap<PlaceId, Route>;

/**
 * Best: costs least per GB, then is fastest per GB, then has the fewest links, then has the
 * smallest ids; so it does not depend on the size of what moves, nor on the links' order.
 * Worked out once for each place of one array of links: keep the array while they are the same.
 */
export function routesFrom(links: Links, from: PlaceId): Routes {
  const known = worked.get(links) ?? {
    leaving: Map.groupBy(links, byStart),
    routes: new Map<PlaceId, Routes>(),
  };
  worked.set(links, known);
  const routes = known.routes.get(from) ?? dijkstra(known.leaving, from);
  known.routes.set(from, routes);
  return routes;
}

type Leaving = ReadonlyMap<PlaceId, Links>;

const byStart = (link: Link) => link.from;

/** Links are values and never change, so what follows from them may be kept beside them. */
const worked = new WeakMap<Links, { leaving: Leaving; routes: Map<PlaceId, Routes> }>();

interface Reached {
  readonly place: PlaceId;
  readonly perGB: bigint;
  /** Picoseconds to move one GB, each link's rounded up. */
  readonly psPerGB: bigint;
  readonly route: Route;
}

function dijkstra(leaving: Leaving, from: PlaceId): Routes {
  const open = new Map<PlaceId, Reached>([
    [from, { place: from, perGB: 0n, psPerGB: 0n, route: [] }],
  ]);
  const done = new Map<PlaceId, Route>();
  while (open.size > 0) {
    const next = [...open.values()].reduce((best, one) => (compare(one, best) < 0 ? one : best));
    open.delete(next.place);
    done.set(next.place, next.route);
    for (const link of leaving.get(next.place) ?? []) {
      if (done.has(link.to)) continue;
      const over = along(next, link);
      const before = open.get(link.to);
      if (!before || compare(over, before) < 0) open.set(link.to, over);
    }
  }
  return done;
}

const along = ({ perGB, psPerGB, route }: Reached, link: Link): Reached => ({
  place: link.to,
  perGB: perGB + link.perGB,
  psPerGB: psPerGB + gigabitPs / BigInt(link.megabitsPerSecond) + 1n,
  route: [...route, link],
});

/** One GB over 1 Mbit/s takes 8,000 s. */
const gigabitPs = 8_000n * 1_000_000_000_000n;

/** Every step adds a link, so a route never equals a longer one. */
function compare(a: Reached, b: Reached): number {
  return (
    ascending(a.perGB, b.perGB) ||
    ascending(a.psPerGB, b.psPerGB) ||
    a.route.length - b.route.length ||
    (namesOf(a) < namesOf(b) ? -1 : 1)
  );
}

const namesOf = ({ route }: Reached) => route.map(({ to }) => to).join(" ");
