import type { CardModelId } from "../../units/index.ts";
import type { Need } from "../snapshot.ts";
import {
  cardValues,
  fits,
  roomIn,
  scarcityWeight,
  worthOf,
  worthOfCards,
} from "./fragmentation.ts";
import type { After, HostState, HostStates } from "./host-states.ts";
import { shareIn } from "./parts.ts";
import type { Kind, KindNeed, Mix } from "./typical.ts";

/** How room is valued in one pool, as of one look at the region. */
export interface PoolWeights {
  /** What is known of states holds as long as this is the same object. */
  readonly asOf: object;
  readonly needs: readonly WeighedNeed[];
  /** Of a card, by what is left of it: `cardValues`. */
  readonly values: Float64Array;
}

interface WeighedNeed {
  readonly kind: number;
  /** As the pool rounds it. */
  readonly need: Need;
  readonly weight: number;
}

/** Where a need goes, and how much of the pool's use it costs. */
export interface Fitting {
  readonly host: number;
  /** Of a part of a card: what is left of that card before; null where whole cards are taken. */
  readonly of: number | null;
  /** In millionths of a millionth of a card; of two pools' as well, the less the better. */
  readonly waste: number;
}

/** What the weights of a pool are worked out from. */
export interface PoolRoom {
  readonly model: CardModelId;
  readonly minimumSlice: number;
  readonly freeCards: number;
  /** Undefined where whole cards alone decide. */
  readonly states: HostStates | undefined;
}

/**
 * The host where the need wastes least, as `fragmentation` has it; of equals the one with fewer
 * free cards, then the smaller index.
 * @param need  its share as the pool rounds it
 */
export function leastWaste(
  states: HostStates,
  need: Need,
  by: { weights: PoolWeights; allowed: ((host: number) => boolean) | undefined },
): Fitting | undefined {
  const key = `${need.cards} ${need.share} ${need.cpu} ${need.memory}`;
  const { weights, allowed } = by;
  let best: (Fitting & { readonly free: number }) | undefined;
  for (const state of states.inUse()) {
    const { left, free } = state;
    if (left.cpu < need.cpu || left.memory < need.memory) continue;
    if (need.share >= wholeCard && free < need.cards) continue;
    const { waste, of } = wasteIn(states, state, { key, need, weights });
    if (best && waste > best.waste) continue;
    const isTie = best !== undefined && waste === best.waste;
    if (isTie && free > best!.free) continue;
    const host = allowed ? state.hosts.find(allowed) : state.hosts[0];
    if (host === undefined || (isTie && free === best!.free && host > best!.host)) continue;
    if (waste < Infinity) best = { host, of, waste, free };
  }
  return best;
}

function wasteIn(
  states: HostStates,
  state: HostState,
  { key, need, weights }: { key: string; need: Need; weights: PoolWeights },
): { waste: number; of: number | null } {
  const after = afterOf(states, state, { key, need });
  let most = -Infinity;
  let of: number | null = null;
  for (const one of after) {
    const worth = worthIn(one.state, weights);
    if (worth <= most + 1e-12) continue;
    most = worth;
    ({ of } = one);
  }
  return { waste: Math.round((worthIn(state, weights) - most) * 1e12), of };
}

function afterOf(
  states: HostStates,
  state: HostState,
  { key, need }: { key: string; need: Need },
): readonly After[] {
  const known = state.notes.after.get(key);
  if (known) return known;
  const made = fits(state.left, need).map(({ card, left }): After => ({
    state: states.of(left),
    of: card === null ? null : state.left.cards[card]!,
  }));
  state.notes.after.set(key, made);
  return made;
}

function worthIn({ left, notes }: HostState, { asOf, needs, values }: PoolWeights): number {
  if (notes.asOf === asOf) return notes.worth;
  let room = 0;
  for (const { kind, need, weight } of needs) {
    room += weight * (notes.rooms[kind] ??= roomIn(left, need));
  }
  if (notes.valued !== values) {
    notes.cards = worthOfCards(left, values);
    notes.valued = values;
  }
  notes.worth = worthOf(notes.cards, room);
  notes.asOf = asOf;
  return notes.worth;
}

/**
 * How room is valued in each of these pools: kinds weigh by how often they are asked for and how
 * little room all pools together have for them.
 * @param pools  all pools of the region, in any order
 */
export function weighRoom<P extends PoolRoom>(
  pools: readonly P[],
  mix: Mix,
): (pool: P) => PoolWeights {
  const { kinds, values } = mix;
  const asOf = {};
  const all = kinds.reduce((sum, { frequency }) => sum + frequency, 0);
  const rooms = roomForAll(pools, mix);
  const weights = kinds.map((kind, i) => {
    const [need] = kind.needOn.values();
    const frequency = kind.frequency / all;
    return scarcityWeight(need!, { frequency, roomInFleet: rooms[i]! });
  });
  const sum = weights.reduce((a, b) => a + b, 0) || 1;
  const made = new Map<string, PoolWeights>();
  return ({ model, minimumSlice }) => {
    const key = `${model} ${minimumSlice}`;
    const known = made.get(key);
    if (known) return known;
    const needs = needsOn(mix, { model, minimumSlice }).map(
      ({ kind, place, need }): WeighedNeed => ({
        kind: kind.number,
        need,
        weight: weights[place]! / sum,
      }),
    );
    const valued = values.get(minimumSlice) ?? valuesFor(kinds, minimumSlice);
    values.set(minimumSlice, valued);
    const weighed = { asOf, needs, values: valued };
    made.set(key, weighed);
    return weighed;
  };
}

/**
 * For each kind, how much room for it all pools have together. Counted in 65,536ths, whose sums are
 * exact in whatever order they are made.
 */
function roomForAll(pools: readonly PoolRoom[], mix: Mix): Float64Array {
  const sums = new Float64Array(mix.kinds.length);
  for (const { model, minimumSlice, freeCards, states } of pools) {
    const needs = needsOn(mix, { model, minimumSlice });
    if (!states) {
      for (const { place, need } of needs) {
        if (need.cards > 0) sums[place]! += Math.round((65_536 * freeCards) / need.cards);
      }
      continue;
    }
    for (const state of states.inUse()) {
      const { rooms } = state.notes;
      const hosts = state.hosts.length;
      for (const { kind, place, need } of needs) {
        const room = (rooms[kind.number] ??= roomIn(state.left, need));
        sums[place]! += hosts * Math.round(65_536 * room);
      }
    }
  }
  return sums.map((sum) => sum / 65_536);
}

/** What a replica of each kind takes in such a pool; without those that may not run there. */
function needsOn(
  { kinds, needs }: Mix,
  pool: { readonly model: CardModelId; readonly minimumSlice: number },
): readonly KindNeed[] {
  const key = `${pool.model} ${pool.minimumSlice}`;
  const known = needs.get(key);
  if (known) return known;
  const made = kinds.flatMap((kind, place): KindNeed[] => {
    const need = kind.needOn.get(pool.model);
    const share = need && shareIn(pool, need);
    return share === undefined ? [] : [{ kind, place, need: { ...need!, share } }];
  });
  needs.set(key, made);
  return made;
}

const wholeCard = 1000;

function valuesFor(kinds: readonly Kind[], minimumSlice: number): Float64Array {
  const mix = kinds.flatMap(({ needOn, frequency }) => {
    const [need] = needOn.values();
    const share = shareIn({ minimumSlice }, need!);
    return share === undefined ? [] : [{ need: { ...need!, share }, weight: frequency }];
  });
  return cardValues(mix);
}
