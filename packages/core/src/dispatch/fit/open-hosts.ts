import type { HostId } from "../../units/index.ts";
import type { LayoutPolicy } from "../policy.ts";
import type { HostNow, Need, PoolNow } from "../snapshot.ts";
import { Holdings, type Held } from "./holdings.ts";
import type { HostStates } from "./host-states.ts";
import { layOut, type Allows, type GangNeed, type Layout } from "./lay-out.ts";
import type { PoolWeights } from "./least-waste.ts";
import { OpenRoom } from "./open-room.ts";
import { shareIn, slicesAllowed, wholeCard } from "./parts.ts";
import { times } from "./room.ts";

/** The room of one pool: what its hosts have free, as runs take it and give it back. */
export interface PoolHosts {
  /** By id. Where an index is spoken of, it is the place in this list. */
  readonly hosts: readonly HostNow[];
  readonly totalCards: number;
  /** Whole cards with nothing on them. */
  readonly freeCards: number;
  /** How often room was taken and not given back yet. */
  readonly held: number;
  /** @returns undefined for a host that the pool does not list */
  indexOf(host: HostId): number | undefined;
  /** @throws Error for a host that the pool does not list */
  freeOf(host: HostId): FreeRoom;
  /** How many replicas the host of this index holds now. */
  replicasOn(host: number, need: Need): number;
  /** Takes room. @throws Error when there is not so much, and takes nothing then */
  take(held: Held): void;
  /**
   * Takes room for what runs already, whatever the pool says now: a host that shrank may be
   * overdrawn, and one that is gone is passed over. `give` undoes this as well.
   */
  occupy(held: Held): void;
  /** The inverse of `take`. @throws Error when less is held, and gives nothing then */
  give(held: Held): void;
  /**
   * Where the whole gang goes; undefined when not all of it finds room. It is not taken.
   * @param bounds  `allows` says how many replicas may go on a host at most, by its index;
   *   `weights` how room is valued, where `byWaste`: else the fewest free cards decide
   */
  layOut(gang: GangNeed, bounds?: Bounds): Layout | undefined;
  /**
   * How many replicas the pool would hold if nothing ran; what `replicas` says is not looked at.
   */
  fitsEmpty(gang: GangNeed): number;
  /**
   * Its hosts by what they have left, where free cards are no measure of room: it hands out parts
   * of cards, or something is held that takes more cpu or memory than goes with its cards.
   */
  readonly byWaste: HostStates | undefined;
  /** How many it holds now, each on whichever host; for explanations. */
  fitsNow(gang: GangNeed): number;
}

export interface Bounds {
  readonly allows?: Allows;
  readonly weights?: PoolWeights;
}

export interface FreeRoom {
  /** Whole cards with nothing on them; below 0 where the host is overdrawn, as the others. */
  readonly cards: number;
  /** Thousandths of a core. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** All hosts with nothing on them. The order in which the pool lists them does not matter. */
export function openHosts(pool: PoolNow, layout: LayoutPolicy): PoolHosts {
  const open = new OpenRoom(pool.hosts);
  const holdings = new Holdings(pool, open);
  const { room } = open;
  const totalCards = open.freeCards;
  const kinds = kindsOf(room.hosts);
  let holding = 0;
  const on = (host: number, need: Need, share = shareIn(pool, need)) =>
    share === undefined ? 0 : open.replicasOn(host, need, share);

  return {
    hosts: room.hosts,
    totalCards,
    get freeCards() {
      return open.freeCards;
    },
    indexOf: (host) => room.indexOf.get(host),
    freeOf: (host) => {
      const index = room.indexOf.get(host);
      if (index === undefined) throw new Error(`pool ${pool.id} lists no host ${host}`);
      return { cards: room.cards[index]!, cpu: room.cpu[index]!, memory: room.memory[index]! };
    },
    replicasOn: (host, need) => on(host, need),
    get held() {
      return holding;
    },
    take(held) {
      holdings.take(held);
      holding += 1;
    },
    occupy(held) {
      holdings.occupy(held);
      holding += 1;
    },
    give(held) {
      holdings.give(held);
      holding -= 1;
    },
    layOut: ({ replicas, need }, { allows, weights } = {}) => {
      const share = shareIn(pool, need);
      if (share === undefined) return undefined;
      return layOut(open, { replicas, need, share, allows, weights, gangs: layout.gangs });
    },
    get byWaste() {
      return slicesAllowed(pool) || open.isUneven ? open.states : undefined;
    },
    fitsEmpty: ({ need }) => {
      const share = shareIn(pool, need);
      if (share === undefined) return 0;
      return kinds.reduce((sum, { host, count }) => sum + count * onEmpty(host, need, share), 0);
    },
    fitsNow: ({ need }) => {
      const share = shareIn(pool, need);
      return room.hosts.reduce((sum, _, host) => sum + on(host, need, share), 0);
    },
  };
}

/** Hosts alike in all that is handed out, with how many there are: a pool has few kinds. */
function kindsOf(hosts: readonly HostNow[]): { host: HostNow; count: number }[] {
  const kinds = new Map<string, { host: HostNow; count: number }>();
  for (const host of hosts) {
    const key = `${host.cards} ${host.cpu} ${host.memory}`;
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { host, count: 1 });
    else kind.count += 1;
  }
  return [...kinds.values()];
}

/** How many replicas a host holds with nothing on it. */
function onEmpty({ cards, cpu, memory }: HostNow, need: Need, share: number): number {
  const byCards = share < wholeCard ? cards * times(wholeCard, share) : times(cards, need.cards);
  return Math.min(byCards, times(cpu, need.cpu), times(memory, need.memory));
}
