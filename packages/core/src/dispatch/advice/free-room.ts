import type { HostId, PoolId } from "../../units/index.ts";
import type { HostNow, Need, PoolNow, RunNow, Snapshot } from "../snapshot.ts";

/** What a host has free; cards in thousandths, so that parts count. */
export interface Room {
  readonly cards: number;
  readonly cpu: number;
  readonly memory: number;
}

const roomOf = ({ cards, cpu, memory }: HostNow): Room => ({ cards: cards * 1000, cpu, memory });

export const emptyRooms = ({ hosts }: PoolNow): Room[] => hosts.map(roomOf);

/** Each pool's hosts less what runs hold. A part of a card leaves a part, wherever it lies. */
export function freeRooms({ pools, runs }: Snapshot): ReadonlyMap<PoolId, Room[]> {
  const held = new Map<PoolId, Map<HostId, Room>>();
  for (const run of runs) {
    const byHost = held.get(run.pool) ?? new Map<HostId, Room>();
    held.set(run.pool, byHost);
    for (const share of run.hosts) {
      byHost.set(share.host, sum(byHost.get(share.host), holdingOf(run, share.replicas)));
    }
  }
  return new Map(
    pools.map((pool) => {
      const byHost = held.get(pool.id);
      return [pool.id, pool.hosts.map((host) => less(roomOf(host), byHost?.get(host.id)))];
    }),
  );
}

const holdingOf = ({ need }: Pick<RunNow, "need">, replicas: number): Room => ({
  cards: need.cards * need.share * replicas,
  cpu: need.cpu * replicas,
  memory: need.memory * replicas,
});

const sum = (a: Room | undefined, b: Room): Room =>
  a ? { cards: a.cards + b.cards, cpu: a.cpu + b.cpu, memory: a.memory + b.memory } : b;

const less = (a: Room, b: Room | undefined): Room =>
  b ? { cards: a.cards - b.cards, cpu: a.cpu - b.cpu, memory: a.memory - b.memory } : a;

/** How many replicas find room; for parts of cards it may be fewer. */
export const replicasIn = (rooms: readonly Room[], need: Need): number =>
  rooms.reduce((all, room) => all + replicasOn(room, need), 0);

function replicasOn(room: Room, { cards, share, cpu, memory }: Need): number {
  const whole = share < 1000 ? room.cards : Math.floor(room.cards / 1000) * 1000;
  const each = [
    [whole, cards * share],
    [room.cpu, cpu],
    [room.memory, memory],
  ] as const;
  const fits = each.map(([has, takes]) => (takes > 0 ? Math.floor(has / takes) : Infinity));
  return Math.max(0, Math.min(...fits));
}
