import type { CardModelId } from "@wadi/core/units";
import {
  RunRefused,
  shareOf,
  wholeCard,
  type EngineHost,
  type ReplicaPlace,
  type RunSpec,
} from "../engine.ts";

/**
 * The cards of a fake centre, handed out in constant time however many hosts there are: hosts lie
 * in buckets by how many free cards of a model they have. Processors and memory are not counted.
 */
export interface FakeSlots {
  /** @throws RunRefused `no-free-cards`, `cannot-share`; nothing is taken then */
  take(spec: RunSpec): ReplicaPlace[];
  giveBack(spec: RunSpec, places: readonly ReplicaPlace[]): void;
}

/** One model: each host's free slots, and the hosts by the number of those. */
interface Shelf {
  readonly free: Map<string, number[]>;
  readonly byCount: Set<string>[];
}

export function fakeSlots(hosts: readonly EngineHost[]): FakeSlots {
  const shelves = new Map<CardModelId, Shelf>();
  for (const host of hosts) {
    for (const { model, slot } of host.cards.toReversed()) {
      const shelf = shelves.get(model) ?? { free: new Map(), byCount: [] };
      shelves.set(model, shelf);
      change(shelf, host.id, (slots) => slots.push(slot));
    }
  }

  const takeOne = (shelf: Shelf, count: number): ReplicaPlace | undefined => {
    // The fewest that do: large gaps stay whole for large runs.
    for (let size = count; size < shelf.byCount.length; size++) {
      const [host] = shelf.byCount[size] ?? [];
      if (host === undefined) continue;
      const slots: number[] = [];
      change(shelf, host, (free) => slots.push(...free.splice(-count)));
      return { host: host as EngineHost["id"], slots: slots.sort((a, b) => a - b) };
    }
    return undefined;
  };
  const giveBack: FakeSlots["giveBack"] = ({ cards }, places) => {
    const shelf = cards && shelves.get(cards.model);
    for (const { host, slots } of shelf ? places : []) {
      if (shelf) change(shelf, host, (free) => free.push(...slots.toReversed()));
    }
  };
  return {
    giveBack,
    take(spec) {
      const { cards, replicas } = spec;
      const first = hosts[0]?.id ?? ("fake" as EngineHost["id"]);
      if (cards === null)
        return Array.from({ length: replicas }, () => ({ host: first, slots: [] }));
      if (shareOf(cards) < wholeCard) {
        throw new RunRefused("cannot-share", `${shareOf(cards)} thousandths of a card were asked`);
      }
      const shelf = shelves.get(cards.model);
      const places: ReplicaPlace[] = [];
      while (places.length < replicas) {
        const place = shelf && takeOne(shelf, cards.count);
        if (place === undefined) {
          giveBack(spec, places);
          const asked = `${replicas} × ${cards.count} × ${cards.model}`;
          throw new RunRefused("no-free-cards", `${asked} were asked for`);
        }
        places.push(place);
      }
      return places;
    },
  };
}

function change(shelf: Shelf, host: string, edit: (slots: number[]) => void): void {
  const slots = shelf.free.get(host) ?? [];
  shelf.byCount[slots.length]?.delete(host);
  edit(slots);
  shelf.free.set(host, slots);
  (shelf.byCount[slots.length] ??= new Set()).add(host);
}
