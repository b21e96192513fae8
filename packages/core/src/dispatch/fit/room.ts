import type { HostId } from "../../units/index.ts";
import type { HostNow, Need } from "../snapshot.ts";

/**
 * What each host of a pool has free, one column for each measure. A host is named by its index: its
 * place in the order of ids, so that the smaller index is the smaller id however the pool listed
 * them.
 */
export interface Room {
  /** By id. */
  readonly hosts: readonly HostNow[];
  readonly indexOf: ReadonlyMap<HostId, number>;
  /** Whole cards with nothing on them; below 0 where the host is overdrawn. */
  readonly cards: Int32Array;
  /** Thousandths of a core. */
  readonly cpu: Int32Array;
  /** MiB. */
  readonly memory: Int32Array;
}

/** What leaves one host's free room; below 0 where it comes back. */
export interface Taken {
  /** Cards that stop being wholly free. */
  readonly cards: number;
  readonly cpu: number;
  readonly memory: number;
}

/** @throws Error when two hosts bear one id */
export function emptyRoom(listed: readonly HostNow[]): Room {
  const hosts = listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const indexOf = new Map(hosts.map(({ id }, index) => [id, index]));
  if (indexOf.size !== hosts.length) {
    const twice = hosts.find(({ id }, index) => indexOf.get(id) !== index);
    throw new Error(`host ${twice?.id} stands twice in one pool; list each host once`);
  }
  return {
    hosts,
    indexOf,
    cards: Int32Array.from(hosts, ({ cards }) => cards),
    cpu: Int32Array.from(hosts, ({ cpu }) => cpu),
    memory: Int32Array.from(hosts, ({ memory }) => memory),
  };
}

/** Nothing is laid out on a host that holds more than it has. */
export const isOverdrawn = ({ cards, cpu, memory }: Room, host: number) =>
  cards[host]! < 0 || cpu[host]! < 0 || memory[host]! < 0;

/** How many replicas the host holds, each on whole cards. */
export const replicasOn = (room: Room, host: number, need: Need) =>
  Math.max(0, Math.min(times(room.cards[host]!, need.cards), replicasBeside(room, host, need)));

/** How many replicas the host's cpu and memory hold; Infinity where neither is asked for. */
export const replicasBeside = ({ cpu, memory }: Room, host: number, need: Need) =>
  Math.min(times(cpu[host]!, need.cpu), times(memory[host]!, need.memory));

/** How often `part` goes into `whole`; Infinity for a part of nothing. */
export const times = (whole: number, part: number) =>
  part === 0 ? Infinity : Math.floor(whole / part);
