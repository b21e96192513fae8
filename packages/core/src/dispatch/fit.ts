import type { CardOption } from "../job/index.ts";
import type { HostId } from "../units/index.ts";
import type { HostNow, Shape } from "./snapshot.ts";

/** Which host runs how many replicas. */
export interface HostShare {
  readonly host: HostId;
  readonly replicas: number;
}

/** What one replica takes of its host. */
export interface Need {
  readonly cards: number;
  readonly cpu: number;
  readonly memory: number;
}

export const needOf = (shape: Shape, option: CardOption): Need => ({
  cards: option.count,
  cpu: shape.cpu,
  memory: shape.memory,
});

/** How many replicas the host holds when empty. */
export const fitsEmpty = (host: HostNow, need: Need) =>
  roomFor(need, { cards: host.cards, cpu: host.cpu, memory: host.memory });

/** How many replicas the host holds now. */
export const fitsNow = (host: HostNow, need: Need) =>
  roomFor(need, { cards: host.freeCards, cpu: host.freeCpu, memory: host.freeMemory });

/**
 * Lays out a gang over hosts: the tightest host first, by free cards and then by id, so that wide
 * gaps stay whole for wide jobs.
 * @returns undefined when not all replicas find room
 */
export function layOut(
  hosts: readonly HostNow[],
  gang: { replicas: number; need: Need },
): HostShare[] | undefined {
  const open = hosts.filter((host) => fitsNow(host, gang.need) > 0).toSorted(byTightness);
  const shares: HostShare[] = [];
  let left = gang.replicas;
  for (const host of open) {
    if (left === 0) break;
    const replicas = Math.min(left, fitsNow(host, gang.need));
    shares.push({ host: host.id, replicas });
    left -= replicas;
  }
  return left === 0 ? shares : undefined;
}

/** The hosts after the gang has taken its room. */
export function take(
  hosts: readonly HostNow[],
  { shares, need }: { shares: readonly HostShare[]; need: Need },
): HostNow[] {
  const taken = new Map(shares.map(({ host, replicas }) => [host, replicas]));
  return hosts.map((host) => {
    const replicas = taken.get(host.id);
    return replicas === undefined ? host : less(host, { need, replicas });
  });
}

export const freeCards = (hosts: readonly HostNow[]) =>
  hosts.reduce((sum, host) => sum + host.freeCards, 0);

function less(host: HostNow, { need, replicas }: { need: Need; replicas: number }): HostNow {
  return {
    ...host,
    freeCards: host.freeCards - need.cards * replicas,
    freeCpu: (host.freeCpu - need.cpu * replicas) as HostNow["freeCpu"],
    freeMemory: (host.freeMemory - need.memory * replicas) as HostNow["freeMemory"],
  };
}

function roomFor(need: Need, room: Need): number {
  const by = (has: number, takes: number) => (takes === 0 ? Infinity : Math.floor(has / takes));
  const most = Math.min(
    by(room.cards, need.cards),
    by(room.cpu, need.cpu),
    by(room.memory, need.memory),
  );
  return Math.max(0, most);
}

function byTightness(a: HostNow, b: HostNow) {
  return a.freeCards - b.freeCards || (a.id < b.id ? -1 : 1);
}
