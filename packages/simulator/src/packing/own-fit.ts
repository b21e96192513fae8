import {
  cardValues,
  fits,
  roomIn,
  scarcityWeight,
  worthOf,
  worthOfCards,
  type HostRoom,
  type TypicalNeed,
} from "@wadi/core/dispatch";
import { allows, type HostState, type PodKind, type Scorer, type Way } from "./run.ts";

/** Weights are so old at most, in arrivals. */
const reviewEvery = 100;

/**
 * Production's fit (`fragmentation` in core/dispatch/fit) with every kind of pod as typical, as
 * often as the workload has it. What it knows of each state of a host is kept, for speed; scores
 * are those that `fragmentation` gives.
 */
export function ownFit(kinds: readonly PodKind[]): Scorer {
  const known = new KnownRooms(kinds);
  return {
    ordered: false,
    way(state, kind) {
      const here = known.of(state);
      const before = known.worth(here);
      let best: Way | null = null;
      for (const next of known.after(here, kind)) {
        const score = known.worth(next) - before;
        if (best === null || score > best.score + 1e-12) best = { score, left: next.room };
      }
      return best;
    },
    review: { everyArrivals: reviewEvery, look: (hosts) => known.review(hosts) },
  };
}

/** So many states are kept at most; then those no host is in are forgotten. */
const knownMax = 40_000;

/** What there is to know of a host in one state. */
interface Known {
  readonly model: string;
  readonly room: HostRoom;
  readonly cards: number;
  /** For each typical need. */
  readonly rooms: Float64Array;
  /** What it may become, by kind of pod. */
  readonly after: (readonly Known[] | undefined)[];
  worth: number;
  /** The review that `worth` is of. */
  asOf: number;
}

class KnownRooms {
  readonly #typical: readonly PodKind[];
  readonly #mix: readonly TypicalNeed[];
  readonly #values: Float64Array;
  readonly #weights: Float64Array;
  #found = new Map<string, Known>();
  #reviews = 0;

  constructor(kinds: readonly PodKind[]) {
    this.#typical = kinds.filter(({ need }) => need.cards > 0);
    const all = kinds.reduce((sum, { count }) => sum + count, 0);
    this.#mix = this.#typical.map(({ need, count }) => ({ need, weight: count / all }));
    this.#values = cardValues(this.#mix);
    this.#weights = new Float64Array(this.#typical.length);
  }

  of(state: HostState): Known {
    return (state.note ??= this.#find(state.model, state.room)) as Known;
  }

  after(known: Known, { index, need }: PodKind): readonly Known[] {
    return (known.after[index] ??= fits(known.room, need).map(({ left }) =>
      this.#find(known.model, left),
    ));
  }

  worth(known: Known): number {
    if (known.asOf !== this.#reviews) {
      known.worth = worthOf(known.cards, dot(this.#weights, known.rooms));
      known.asOf = this.#reviews;
    }
    return known.worth;
  }

  /** Weighs typical needs by the room the fleet has for them now. */
  review(hosts: readonly HostState[]): void {
    this.#reviews += 1;
    if (this.#found.size > knownMax) this.#found = new Map();
    const total = new Float64Array(this.#typical.length);
    for (const host of hosts) {
      const { rooms } = this.of(host);
      for (let index = 0; index < total.length; index++) total[index]! += rooms[index]!;
    }
    for (const [index, { need, weight: frequency }] of this.#mix.entries()) {
      this.#weights[index] = scarcityWeight(need, { frequency, roomInFleet: total[index]! });
    }
    const sum = this.#weights.reduce((a, b) => a + b, 0);
    for (const index of this.#weights.keys()) this.#weights[index]! /= sum;
  }

  #find(model: string, { cpu, memory, cards: unsorted }: HostRoom): Known {
    const cards = unsorted.toSorted((a, b) => a - b);
    const key = `${model} ${cpu} ${memory} ${cards.join(" ")}`;
    const found = this.#found.get(key);
    if (found) return found;
    const room = { cpu, memory, cards };
    const known: Known = {
      model,
      room,
      cards: worthOfCards(room, this.#values),
      rooms: Float64Array.from(this.#typical, (kind) =>
        allows(kind, model) ? roomIn(room, kind.need) : 0,
      ),
      after: [],
      worth: 0,
      asOf: -1,
    };
    this.#found.set(key, known);
    return known;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
