import type { HostNow, HostShare, Need, PoolNow } from "@wadi/core/dispatch";
import type { HostId } from "@wadi/core/units";

/** What is free in one pool, as a baseline sees it. */
export interface PoolRoom {
  readonly pool: PoolNow;
  readonly hosts: ReadonlyMap<HostId, HostRoom>;
  readonly cards: number;
  /** Cards of which nothing is taken. */
  freeCards: number;
}

export interface HostRoom {
  readonly host: HostNow;
  freeCards: number;
  cpu: number;
  memory: number;
  /** Thousandths taken of cards that are shared, by card. */
  readonly parts: Map<number, number>;
}

export interface Gang {
  readonly replicas: number;
  readonly need: Need;
}

export interface Held {
  readonly need: Need;
  readonly hosts: readonly HostShare[];
}

export function openRoom(pool: PoolNow): PoolRoom {
  const hosts = pool.hosts.map((host): [HostId, HostRoom] => {
    const { id, cards: freeCards, cpu, memory } = host;
    return [id, { host, freeCards, cpu, memory, parts: new Map() }];
  });
  const cards = pool.hosts.reduce((sum, host) => sum + host.cards, 0);
  return { pool, hosts: new Map(hosts), cards, freeCards: cards };
}

/**
 * Lays a gang out host by host, in the pool's order, or in that of `prefer`, smallest first.
 * @returns undefined when not all replicas find room
 */
export function layOut(
  room: PoolRoom,
  { replicas, need }: Gang,
  prefer?: (host: HostRoom) => number,
): HostShare[] | undefined {
  if (need.share === 1000 && room.freeCards < replicas * need.cards) return undefined;
  const open = [...room.hosts.values()].filter((host) => fitsOn(host, need) > 0);
  if (prefer) open.sort((a, b) => prefer(a) - prefer(b));
  const shares: HostShare[] = [];
  let left = replicas;
  for (const host of open) {
    const here = Math.min(left, fitsOn(host, need));
    shares.push(...sharesOn(host, need, here));
    left -= here;
    if (left === 0) return shares;
  }
  return undefined;
}

/** Takes what was laid out, or gives it back with −1. Hosts that are down are passed over. */
export function occupy(room: PoolRoom, { need, hosts }: Held, sign: 1 | -1 = 1): void {
  for (const { host: id, replicas, card = 0 } of hosts) {
    const host = room.hosts.get(id);
    if (!host) continue;
    host.cpu -= sign * replicas * need.cpu;
    host.memory -= sign * replicas * need.memory;
    const before = host.freeCards;
    if (need.share === 1000) host.freeCards -= sign * replicas * need.cards;
    else takePart(host, { card, taken: sign * replicas * need.share });
    room.freeCards += host.freeCards - before;
  }
}

function takePart(host: HostRoom, { card, taken }: { card: number; taken: number }): void {
  const before = host.parts.get(card) ?? 0;
  const after = before + taken;
  if (after === 0) host.parts.delete(card);
  else host.parts.set(card, after);
  if (before === 0) host.freeCards -= 1;
  if (after === 0) host.freeCards += 1;
}

/** How many replicas a host holds that runs nothing. */
export const fitsEmpty = (host: HostNow, need: Need) =>
  fitsOn({ ...host, host, freeCards: host.cards, parts: new Map() }, need);

/** How many replicas a host has room for now. */
function fitsOn(host: HostRoom, need: Need): number {
  const by = (has: number, takes: number) => (takes === 0 ? Infinity : Math.floor(has / takes));
  return Math.min(cardsFor(host, need), by(host.cpu, need.cpu), by(host.memory, need.memory));
}

function cardsFor(host: HostRoom, { cards, share }: Need): number {
  if (share === 1000) return Math.floor(host.freeCards / cards);
  let fits = host.freeCards * Math.floor(1000 / share);
  for (const taken of host.parts.values()) fits += Math.floor((1000 - taken) / share);
  return fits;
}

/** Parts of cards go one by one, on the fullest card that has room. */
function sharesOn({ host, parts }: HostRoom, need: Need, replicas: number): HostShare[] {
  if (need.share === 1000) return [{ host: host.id, replicas }];
  const taken = new Map(parts);
  return Array.from({ length: replicas }, () => {
    const [begun] = [...taken]
      .filter(([, part]) => part + need.share <= 1000)
      .sort(([a, left], [b, right]) => right - left || a - b);
    const fresh = Array.from({ length: host.cards }, (_, at) => at).find((at) => !taken.has(at));
    const card = begun ? begun[0] : fresh!;
    taken.set(card, (taken.get(card) ?? 0) + need.share);
    return { host: host.id, replicas: 1, card };
  });
}
