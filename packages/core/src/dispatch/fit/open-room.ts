import type { HostNow, Need } from "../snapshot.ts";
import { Groups } from "./groups.ts";
import { HostStates } from "./host-states.ts";
import { HostTree } from "./host-tree.ts";
import { Parts, wholeCard } from "./parts.ts";
import { emptyRoom, isOverdrawn, replicasOn, type Room, type Taken } from "./room.ts";

/**
 * One pool's free room with all that finds hosts in it quickly, kept in step. All of it is a
 * function of what is held now: nothing depends on the order in which it was taken.
 */
export class OpenRoom {
  readonly room: Room;
  readonly groups: Groups;
  readonly parts: Parts;
  readonly #byFree: (HostTree | undefined)[];
  readonly #scarcest: { readonly cpu: number; readonly memory: number };
  #freeCards: number;
  #states: HostStates | null = null;
  #unevenReplicas = 0;

  constructor(hosts: readonly HostNow[]) {
    this.room = emptyRoom(hosts);
    this.groups = new Groups(this.room);
    this.parts = new Parts(this.room);
    const most = this.room.cards.reduce((a, b) => Math.max(a, b), 0);
    this.#byFree = Array.from({ length: most + 1 }, () => undefined);
    this.#freeCards = this.room.cards.reduce((a, b) => a + b, 0);
    for (const host of hosts.keys()) this.#tree(this.room.cards[host]!).put(host);
    const least = (of: (host: HostNow) => number) =>
      hosts.reduce(
        (a, host) => (host.cards === 0 ? a : Math.min(a, of(host) / host.cards)),
        Infinity,
      );
    this.#scarcest = { cpu: least(({ cpu }) => cpu), memory: least(({ memory }) => memory) };
  }

  /** Whole cards with nothing on them. */
  get freeCards(): number {
    return this.#freeCards;
  }

  /** Its hosts by what they have left; worked out when it is first asked for. */
  get states(): HostStates {
    return (this.#states ??= new HostStates(this.room, this.parts));
  }

  /**
   * Whether something is held that takes more cpu or memory with each of its cards than some host
   * has: cards may then be left that nothing can be done with, and are no measure of room.
   */
  get isUneven(): boolean {
    return this.#unevenReplicas > 0;
  }

  /** So many replicas more are held, or fewer. */
  count({ cards, cpu, memory }: Need, replicas: number): void {
    const { cpu: leastCpu, memory: leastMemory } = this.#scarcest;
    if (cpu > leastCpu * cards || memory > leastMemory * cards) this.#unevenReplicas += replicas;
  }

  /**
   * Changes what a host has free. What its cards in parts have left is changed before, in `parts`.
   */
  take(host: number, taken: Taken): void {
    const { cards, cpu, memory } = this.room;
    const before = cards[host]!;
    const after = before - taken.cards;
    cards[host] = after;
    cpu[host] = cpu[host]! - taken.cpu;
    memory[host] = memory[host]! - taken.memory;
    if (before !== after) {
      if (before >= 0) this.#byFree[before]?.remove(host);
      const more = Math.max(0, after) - Math.max(0, before);
      this.#freeCards += more;
      this.groups.change(host, more);
    }
    if (!isOverdrawn(this.room, host)) this.#tree(after).put(host);
    else if (after >= 0) this.#byFree[after]?.remove(host);
    this.parts.refresh(host);
    this.#states?.refresh(host);
  }

  /**
   * The host with room for this on whole cards that has the fewest of them free, of equals the
   * smallest index; -1 when none has room.
   * @param allowed  which hosts may be used, where not all may
   */
  tightest(need: Taken, allowed?: (host: number) => boolean): number {
    for (let free = need.cards; free < this.#byFree.length; free += 1) {
      const host = this.#byFree[free]?.firstAllowed(need, allowed) ?? -1;
      if (host >= 0) return host;
    }
    return -1;
  }

  /** How many replicas the host holds now; `share` is that of each card, as the pool rounds it. */
  replicasOn(host: number, need: Need, share: number): number {
    return share < wholeCard
      ? this.parts.replicasOn(host, need, share)
      : isOverdrawn(this.room, host)
        ? 0
        : replicasOn(this.room, host, need);
  }

  #tree(free: number): HostTree {
    return (this.#byFree[free] ??= new HostTree(this.room));
  }
}
