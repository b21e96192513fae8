import type { HostNow, HostShare, Need, PoolNow } from "@wadi/core/dispatch";
import type { HostId, PoolId } from "@wadi/core/units";

/** What a run takes of a pool. */
export interface Taking {
  readonly pool: PoolId;
  readonly need: Need;
  readonly hosts: readonly HostShare[];
}

/** Who holds what, host by host: the play's own account, whatever a dispatcher believes. */
export interface Rooms {
  /** @throws Error when a host has not so much left, is down or unknown; nothing is taken then */
  take(taking: Taking): void;
  give(taking: Taking): void;
  /** Hosts that are down give no room; what runs there must be ended apart. */
  setDown(pool: PoolId, host: HostId, isDown: boolean): void;
  hostOf(pool: PoolId, host: HostId): HostNow;
}

interface Room {
  readonly host: HostNow;
  down: boolean;
  whole: number;
  /** Thousandths taken of cards that are shared, by card. */
  readonly parts: Map<number, number>;
  cpu: number;
  memory: number;
}

export function roomsOf(pools: readonly PoolNow[]): Rooms {
  const rooms = new Map(pools.map(({ id, hosts }) => [id, roomsOfHosts(hosts)]));
  const roomOf = (pool: PoolId, host: HostId): Room => {
    const room = rooms.get(pool)?.get(host);
    if (!room) throw new Error(`pool ${pool} has no host ${host}`);
    return room;
  };
  return {
    take(taking) {
      const done: HostShare[] = [];
      for (const share of taking.hosts) {
        const room = roomOf(taking.pool, share.host);
        add(room, taking.need, { share, sign: 1 });
        done.push(share);
        const over = room.down ? "it is down" : excess(room);
        if (over === undefined) continue;
        for (const one of done)
          add(roomOf(taking.pool, one.host), taking.need, { share: one, sign: -1 });
        throw new Error(`host ${share.host} of pool ${taking.pool}: ${over}`);
      }
    },
    give({ pool, need, hosts }) {
      for (const share of hosts) add(roomOf(pool, share.host), need, { share, sign: -1 });
    },
    setDown(pool, host, isDown) {
      roomOf(pool, host).down = isDown;
    },
    hostOf: (pool, host) => roomOf(pool, host).host,
  };
}

const roomsOfHosts = (hosts: readonly HostNow[]) =>
  new Map(
    hosts.map((host): [HostId, Room] => [
      host.id,
      { host, down: false, whole: 0, parts: new Map(), cpu: 0, memory: 0 },
    ]),
  );

function add(room: Room, need: Need, { share, sign }: { share: HostShare; sign: 1 | -1 }): void {
  const { replicas, card = 0 } = share;
  if (need.share < 1000) {
    const left = (room.parts.get(card) ?? 0) + sign * replicas * need.share;
    if (left === 0) room.parts.delete(card);
    else room.parts.set(card, left);
  } else {
    room.whole += sign * replicas * need.cards;
  }
  room.cpu += sign * replicas * need.cpu;
  room.memory += sign * replicas * need.memory;
}

/** What is taken beyond what the host has. */
function excess({ host, whole, parts, cpu, memory }: Room): string | undefined {
  if (whole + parts.size > host.cards) {
    return `${whole + parts.size} cards would be taken of ${host.cards}`;
  }
  for (const [card, taken] of parts) {
    if (taken > 1000) return `${taken} thousandths of card ${card} would be taken`;
    if (card < 0 || card >= host.cards) return `it has no card ${card}`;
  }
  if (cpu > host.cpu) return `${cpu} milli-cores would be taken of ${host.cpu}`;
  if (memory > host.memory) return `${memory} MiB would be taken of ${host.memory}`;
  return undefined;
}
