import type { Crossing } from "../policy.ts";
import type { Room } from "./room.ts";

/** What hosts share by name, narrowest first. */
export const groupLevels = ["domain", "rack", "block"] as const satisfies Crossing[];
export type GroupLevel = (typeof groupLevels)[number];

/** The groups of one level. A name is one group wherever in the pool it stands. */
interface Level {
  /** By host; -1 for one that names no group. */
  readonly groupOf: Int32Array;
  /** By group, in the order of their first hosts: the hosts, by index. */
  readonly members: readonly (readonly number[])[];
  /** By group: whole free cards. */
  readonly free: Int32Array;
}

export interface Asked {
  /** Whole free cards that a group needs to be worth a look. */
  readonly cards: number;
  readonly replicas: number;
  /** How many replicas a host holds. */
  readonly fits: (host: number) => number;
}

/** NVLink domains, racks and blocks of a pool, and the free cards of each. */
export class Groups {
  readonly #levels: Readonly<Record<GroupLevel, Level>>;

  constructor(room: Room) {
    this.#levels = {
      domain: levelOf(room, "domain"),
      rack: levelOf(room, "rack"),
      block: levelOf(room, "block"),
    };
  }

  /** So many whole cards more are free on the host, or fewer. */
  change(host: number, cards: number): void {
    this.#add(this.#levels.domain, host, cards);
    this.#add(this.#levels.rack, host, cards);
    this.#add(this.#levels.block, host, cards);
  }

  /** The host's group, by number; -1 when it names none. */
  groupOf(level: GroupLevel, host: number): number {
    return this.#levels[level].groupOf[host]!;
  }

  /**
   * The hosts of the group with the fewest whole free cards of those that hold all replicas, of
   * equals the one with the smallest host; undefined when no group of this level holds them.
   */
  tightest(level: GroupLevel, asked: Asked): readonly number[] | undefined {
    const { members, free } = this.#levels[level];
    let best: number | undefined;
    for (let group = 0; group < members.length; group += 1) {
      if (free[group]! < asked.cards) continue;
      if (best !== undefined && free[group]! >= free[best]!) continue;
      if (holds(members[group]!, asked)) best = group;
    }
    return best === undefined ? undefined : members[best];
  }

  /** The narrowest that all these hosts share. */
  crossing(hosts: readonly number[]): Crossing {
    const [first] = hosts;
    if (first === undefined || hosts.every((host) => host === first)) return "host";
    const shared = groupLevels.find((level) => {
      const group = this.groupOf(level, first);
      return group >= 0 && hosts.every((host) => this.groupOf(level, host) === group);
    });
    return shared ?? "pool";
  }

  #add({ groupOf, free }: Level, host: number, cards: number): void {
    const group = groupOf[host]!;
    if (group >= 0) free[group] = free[group]! + cards;
  }
}

function levelOf({ hosts, cards }: Room, level: GroupLevel): Level {
  const numbers = new Map<string, number>();
  const members: number[][] = [];
  const groupOf = Int32Array.from(hosts, (host, index) => {
    const name = host[level];
    if (name === null) return -1;
    const group = numbers.get(name) ?? members.push([]) - 1;
    numbers.set(name, group);
    members[group]!.push(index);
    return group;
  });
  const free = Int32Array.from(members, (list) =>
    list.reduce((sum, host) => sum + cards[host]!, 0),
  );
  return { groupOf, members, free };
}

function holds(hosts: readonly number[], { replicas, fits }: Asked): boolean {
  let held = 0;
  for (const host of hosts) {
    held += fits(host);
    if (held >= replicas) return true;
  }
  return false;
}
