/** How many replicas of a gang one host gets, by its index. */
export interface HostPart {
  readonly host: number;
  readonly replicas: number;
}

export interface Gang {
  readonly replicas: number;
  /** How many of them a host holds. */
  readonly fits: (host: number) => number;
  /** By host: whole free cards. */
  readonly free: Int32Array;
}

/** Hosts that are alike to a gang, by index. */
interface Shelf {
  readonly fits: number;
  readonly free: number;
  readonly hosts: readonly number[];
  /** How many of them have been used. */
  used: number;
}

/**
 * Lays a gang out on as few of the hosts as hold it: those that hold most come first, each filled;
 * what is left goes on the tightest host that holds all of it. Of equals the one with fewer free
 * cards wins, then the smaller index.
 * @param hosts  ascending
 * @returns undefined when they do not hold it
 */
export function fill(hosts: Iterable<number>, gang: Gang): HostPart[] | undefined {
  const shelves = shelve(hosts, gang);
  const parts: HostPart[] = [];
  let left = gang.replicas;
  for (const shelf of shelves) {
    while (left > 0 && shelf.fits <= left && shelf.used < shelf.hosts.length) {
      parts.push({ host: next(shelf), replicas: shelf.fits });
      left -= shelf.fits;
    }
    if (left > 0 && shelf.used < shelf.hosts.length) {
      parts.push({ host: next(tightest(shelves, left)), replicas: left });
      left = 0;
    }
    if (left === 0) return parts;
  }
  return undefined;
}

/**
 * Lays a gang out on as many hosts as it has replicas, while there are so many. Racks take turns;
 * within a rack the host with fewer free cards comes first, then the smaller index. When every host
 * that has room has one replica, those that have room for two come again, and so on.
 * @param hosts  ascending
 * @param rackOf  -1 for a host that names no rack: it counts as a rack of its own
 * @returns undefined when they do not hold it
 */
export function spread(
  hosts: Iterable<number>,
  gang: Gang,
  rackOf: (host: number) => number,
): HostPart[] | undefined {
  const fits = new Map<number, number>();
  const byFree: number[][] = [];
  for (const host of hosts) {
    const held = gang.fits(host);
    if (held < 1) continue;
    fits.set(host, held);
    (byFree[gang.free[host]!] ??= []).push(host);
  }
  const given = new Map<number, number>();
  let open = byFree.flat();
  let left = gang.replicas;
  for (let turn = 1; left > 0; turn += 1) {
    open = open.filter((host) => fits.get(host)! >= turn);
    if (open.length === 0) return undefined;
    const chosen = inTurns(open, rackOf).slice(0, left);
    for (const host of chosen) given.set(host, turn);
    left -= chosen.length;
  }
  return [...given].map(([host, replicas]) => ({ host, replicas }));
}

/** The first of each rack, then the second of each, and so on. */
function inTurns(hosts: readonly number[], rackOf: (host: number) => number): number[] {
  const seen = new Map<number, number>();
  const turns: number[][] = [];
  for (const host of hosts) {
    const rack = rackOf(host);
    const turn = rack < 0 ? 0 : (seen.get(rack) ?? 0);
    if (rack >= 0) seen.set(rack, turn + 1);
    (turns[turn] ??= []).push(host);
  }
  return turns.flat();
}

/** The hosts with room: those that hold most first, of equals those with fewer free cards. */
function shelve(hosts: Iterable<number>, { replicas, fits, free }: Gang): Shelf[] {
  const byFit: Map<number, number[]>[] = [];
  for (const host of hosts) {
    const held = Math.min(replicas, fits(host));
    if (held < 1) continue;
    const byFree = (byFit[held] ??= new Map<number, number[]>());
    const shelf = byFree.get(free[host]!);
    if (shelf === undefined) byFree.set(free[host]!, [host]);
    else shelf.push(host);
  }
  return byFit
    .flatMap((byFree, held) =>
      [...byFree].map(([cards, list]) => ({ fits: held, free: cards, hosts: list, used: 0 })),
    )
    .sort((a, b) => b.fits - a.fits || a.free - b.free);
}

function tightest(shelves: readonly Shelf[], replicas: number): Shelf {
  const open = shelves.filter(({ fits, used, hosts }) => fits >= replicas && used < hosts.length);
  return open.reduce((best, shelf) => {
    const isTighter =
      shelf.free < best.free || (shelf.free === best.free && peek(shelf) < peek(best));
    return isTighter ? shelf : best;
  });
}

const peek = (shelf: Shelf) => shelf.hosts[shelf.used]!;

function next(shelf: Shelf): number {
  const host = peek(shelf);
  shelf.used += 1;
  return host;
}
