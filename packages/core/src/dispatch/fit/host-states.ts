import type { HostRoom } from "./fragmentation.ts";
import type { Parts } from "./parts.ts";
import { isOverdrawn, type Room } from "./room.ts";

/** Hosts of a pool that have as much left of everything are in one state, and judged once. */
export interface HostState {
  /** Cards that have something left, the fullest first. */
  readonly left: HostRoom;
  /** Whole cards with nothing on them. */
  readonly free: number;
  /** The hosts in it, by index, ascending; empty where it is only known. */
  readonly hosts: number[];
  /** What scores have worked out of it: it follows from the state alone. */
  readonly notes: StateNotes;
}

/** Kept beside a state, so that it is worked out once. */
export interface StateNotes {
  /** By number of a kind: how much room for it there is. */
  readonly rooms: (number | undefined)[];
  /** By what is put there: the states it may become, and of which card a part is taken. */
  readonly after: Map<string, readonly After[]>;
  /** What its cards are worth, by `valued`. */
  cards: number;
  valued: Float64Array | null;
  /** What it is worth, as of `asOf`. */
  worth: number;
  asOf: object | null;
}

export interface After {
  readonly state: HostState;
  /** Of a part of a card: what is left of that card before; null where whole cards are taken. */
  readonly of: number | null;
}

/** States no host is in are kept up to so many, since they come back. */
const keptMost = 20_000;

/** The hosts of one pool by their state, kept in step with the pool's room. */
export class HostStates {
  readonly #room: Room;
  readonly #parts: Parts;
  readonly #stateOf: (HostState | null)[];
  readonly #inUse = new Set<HostState>();
  #known = new Map<string, HostState>();

  constructor(room: Room, parts: Parts) {
    this.#room = room;
    this.#parts = parts;
    this.#stateOf = room.hosts.map(() => null);
    for (const host of room.hosts.keys()) this.refresh(host);
  }

  /** The states that hosts are in, in no particular order. */
  inUse(): Iterable<HostState> {
    return this.#inUse;
  }

  /** Brings the host up to date with its columns; one that is overdrawn is in no state. */
  refresh(host: number): void {
    const before = this.#stateOf[host] ?? null;
    const now = isOverdrawn(this.#room, host) ? null : this.#stateNow(host);
    if (before === now) return;
    if (before) {
      before.hosts.splice(placeOf(before.hosts, host), 1);
      if (before.hosts.length === 0) this.#inUse.delete(before);
    }
    if (now) {
      now.hosts.splice(placeOf(now.hosts, host), 0, host);
      this.#inUse.add(now);
    }
    this.#stateOf[host] = now;
    if (this.#known.size > keptMost + this.#inUse.size) this.#forget();
  }

  /** The state of so much room; made where it is not known. */
  of({ cpu, memory, cards }: HostRoom): HostState {
    const partly = cards.filter((left) => left > 0).sort((a, b) => a - b);
    const key = `${cpu} ${memory} ${partly.join(" ")}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made: HostState = {
      left: { cpu, memory, cards: partly },
      free: partly.filter((left) => left === wholeCard).length,
      hosts: [],
      notes: { rooms: [], after: new Map(), cards: 0, valued: null, worth: 0, asOf: null },
    };
    this.#known.set(key, made);
    return made;
  }

  #stateNow(host: number): HostState {
    const { cards, cpu, memory } = this.#room;
    const whole = Array.from({ length: cards[host]! }, () => wholeCard);
    const left = [...this.#parts.lefts(host), ...whole];
    return this.of({ cpu: cpu[host]!, memory: memory[host]!, cards: left });
  }

  /** States that are forgotten leave no trace: what is known of the others is not of them. */
  #forget(): void {
    const all = [...this.#known];
    this.#known = new Map(all.filter(([, state]) => this.#inUse.has(state)));
    for (const state of this.#inUse) state.notes.after.clear();
  }
}

const wholeCard = 1000;

/** Where the host stands in an ascending list, or would. */
function placeOf(hosts: readonly number[], host: number): number {
  let low = 0;
  let high = hosts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hosts[middle]! < host) low = middle + 1;
    else high = middle;
  }
  return low;
}
