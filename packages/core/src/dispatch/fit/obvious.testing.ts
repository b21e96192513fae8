import { crossings, type Crossing, type LayoutPolicy } from "../policy.ts";
import type { HostNow, HostShare, Need, PoolNow } from "../snapshot.ts";
import type { Held } from "./holdings.ts";
import type { Allows, GangNeed, Layout } from "./lay-out.ts";

/*
 * The same answers as `openHosts` gives, found slowly: every question is worked out anew from the
 * list of what is held, by counting and sorting.
 */

interface Free {
  readonly index: number;
  readonly host: HostNow;
  readonly cards: number;
  readonly cpu: number;
  readonly memory: number;
  /** By card: the thousandths that are used in parts. */
  readonly used: readonly number[];
}

export interface Question extends GangNeed {
  readonly pool: PoolNow;
  readonly held: readonly Held[];
  readonly gangs: LayoutPolicy["gangs"];
  readonly allows?: Allows;
}

export function obviousLayout(question: Question): Layout | undefined {
  const { pool, need, replicas, gangs } = question;
  const share = obviousShare(pool, need);
  if (share === null) return undefined;
  const hosts = obviousFree(pool, question.held);
  const fits = (free: Free) =>
    Math.min(fitsOn(free, need, share), question.allows?.(free.index) ?? Infinity);
  if (share < 1000 && replicas === 1) {
    const cards = hosts
      .filter((free) => fits(free) >= 1)
      .flatMap((free) => free.used.map((used, card) => ({ free, used, card })))
      .filter(({ used }) => used > 0 && used + share <= 1000)
      .sort((a, b) => b.used - a.used || a.free.index - b.free.index || a.card - b.card);
    const [best] = cards;
    if (best) {
      return {
        hosts: [{ host: best.free.host.id, replicas: 1, card: best.card }],
        crosses: "host",
      };
    }
  }
  const given =
    gangs === "spread" && replicas > 1
      ? spreadOut({ hosts, replicas, fits })
      : packed({ hosts, replicas, fits });
  if (given === undefined) return undefined;
  const used = hosts.filter(({ index }) => given.has(index));
  return {
    hosts: used.flatMap((free) => sharesOf(free, share, given.get(free.index)!)),
    crosses: crossings.find((level) =>
      groupsAt(level, used).some((g) => g.length === used.length),
    )!,
  };
}

/** The multiple of the smallest slice that holds the share; null where none is handed out. */
function obviousShare(pool: PoolNow, need: Need): number | null {
  if (need.share === 1000) return 1000;
  if (pool.minimumSlice === 1000) return null;
  let share = 0;
  while (share < need.share) share += pool.minimumSlice;
  return Math.min(1000, share);
}

/** What each host has free, by id: all that it has less all that is held. */
export function obviousFree(pool: PoolNow, held: readonly Held[]): Free[] {
  const sorted = [...pool.hosts].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map((host, index) => {
    const used = Array.from({ length: host.cards }, () => 0);
    let { cards, cpu, memory }: { cards: number; cpu: number; memory: number } = host;
    for (const { need, hosts } of held) {
      const share = obviousShare(pool, need)!;
      for (const at of hosts.filter((each) => each.host === host.id)) {
        cpu -= need.cpu * at.replicas;
        memory -= need.memory * at.replicas;
        if (share === 1000) cards -= need.cards * at.replicas;
        else used[at.card!]! += share;
      }
    }
    cards -= used.filter((thousandths) => thousandths > 0).length;
    return { index, host, cards, cpu, memory, used };
  });
}

/** Replica after replica, as long as there is room for one. */
function fitsOn(free: Free, need: Need, share: number): number {
  let { cards, cpu, memory } = free;
  const used = [...free.used];
  for (let replicas = 0; ; replicas += 1) {
    if (cpu < need.cpu || memory < need.memory) return replicas;
    cpu -= need.cpu;
    memory -= need.memory;
    const card = used.findIndex((thousandths) => thousandths > 0 && thousandths + share <= 1000);
    if (share < 1000 && card >= 0) used[card]! += share;
    else if (cards < need.cards) return replicas;
    else {
      cards -= need.cards;
      if (share < 1000) used[used.indexOf(0)] = share;
    }
  }
}

interface Choice {
  readonly hosts: readonly Free[];
  readonly replicas: number;
  readonly fits: (free: Free) => number;
}

/** By host, how many replicas. */
type Given = ReadonlyMap<number, number>;

const tighter = (a: Free, b: Free) => a.cards - b.cards || a.index - b.index;

function groupsAt(level: Crossing, hosts: readonly Free[]): Free[][] {
  if (level === "host") return hosts.map((free) => [free]);
  if (level === "pool") return [[...hosts]];
  const named = hosts.filter(({ host }) => host[level] !== null);
  return [...new Set(named.map(({ host }) => host[level]))].map((name) =>
    named.filter(({ host }) => host[level] === name),
  );
}

function packed({ hosts, replicas, fits }: Choice): Given | undefined {
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  for (const level of crossings) {
    const holding = groupsAt(level, hosts)
      .filter((group) => sum(group.map(fits)) >= replicas)
      .map((group) => ({ group, free: sum(group.map(({ cards }) => cards)) }))
      .sort((a, b) => a.free - b.free || a.group[0]!.index - b.group[0]!.index);
    if (holding[0]) return filled({ hosts: holding[0].group, replicas, fits });
  }
  return undefined;
}

function filled({ hosts, replicas, fits }: Choice): Given {
  const given = new Map<number, number>();
  for (let left = replicas; left > 0;) {
    const open = hosts.filter(({ index }) => !given.has(index));
    const [last] = open.filter((free) => fits(free) >= left).sort(tighter);
    const host = last ?? open.toSorted((a, b) => fits(b) - fits(a) || tighter(a, b))[0]!;
    given.set(host.index, Math.min(left, fits(host)));
    left -= Math.min(left, fits(host));
  }
  return given;
}

/** One place for each replica that a host holds, in the order in which they are taken. */
function spreadOut({ hosts, replicas, fits }: Choice): Given | undefined {
  const rack = ({ host, index }: Free) => host.rack ?? index;
  const places = hosts.flatMap((free) =>
    Array.from({ length: fits(free) }, (_, turn) => {
      const ahead = hosts.filter(
        (other) => rack(other) === rack(free) && fits(other) > turn && tighter(other, free) < 0,
      );
      return { free, turn, inRack: ahead.length };
    }),
  );
  places.sort((a, b) => a.turn - b.turn || a.inRack - b.inRack || tighter(a.free, b.free));
  if (places.length < replicas) return undefined;
  const given = new Map<number, number>();
  for (const { free } of places.slice(0, replicas)) {
    given.set(free.index, (given.get(free.index) ?? 0) + 1);
  }
  return given;
}

function sharesOf(free: Free, share: number, replicas: number): HostShare[] {
  if (share === 1000) return [{ host: free.host.id, replicas }];
  const used = [...free.used];
  const cards = Array.from({ length: replicas }, () => {
    const [best] = used
      .map((thousandths, card) => ({ thousandths, card }))
      .filter(({ thousandths }) => thousandths + share <= 1000)
      .sort((a, b) => b.thousandths - a.thousandths || a.card - b.card);
    used[best!.card]! += share;
    return best!.card;
  });
  return cards.sort((a, b) => a - b).map((card) => ({ host: free.host.id, replicas: 1, card }));
}
