import type { Need } from "../snapshot.ts";
import { HostTree } from "./host-tree.ts";
import { isOverdrawn, replicasBeside, times, type Room } from "./room.ts";

/** A whole card, in thousandths. */
export const wholeCard = 1000;

/** Whether the pool hands out parts of a card. */
export const slicesAllowed = (pool: { readonly minimumSlice: number }) =>
  pool.minimumSlice < wholeCard;

/**
 * What a need takes of each of its cards in this pool, in thousandths: rounded up to a multiple of
 * the pool's smallest slice, and at most the whole card; undefined where it asks for a part and the
 * pool hands out whole cards only.
 */
export function shareIn(pool: { readonly minimumSlice: number }, need: Need): number | undefined {
  if (need.share >= wholeCard) return wholeCard;
  if (!slicesAllowed(pool)) return undefined;
  return Math.min(wholeCard, Math.ceil(need.share / pool.minimumSlice) * pool.minimumSlice);
}

/** One replica that asks for a part of a card. */
export interface PartWish {
  readonly need: Need;
  readonly share: number;
  /** Which hosts may be used, by index; all where nothing is said. */
  readonly allowed: ((host: number) => boolean) | undefined;
}

/** The cards of a pool that are handed out in parts, and what is left of each. */
export class Parts {
  readonly #room: Room;
  /** By host, then by card: the thousandths that are used. Hosts without parts have no entry. */
  readonly #used = new Map<number, number[]>();
  /** By what is left of a card: hosts with such a card. */
  readonly #byLeft: (HostTree | undefined)[] = [];

  constructor(room: Room) {
    this.#room = room;
  }

  /** What is used of this card in parts, in thousandths. */
  used(host: number, card: number): number {
    return this.#used.get(host)?.[card] ?? 0;
  }

  /** How many of the host's cards are in parts, full ones too. */
  cards(host: number): number {
    return this.#used.get(host)?.filter((used) => used > 0).length ?? 0;
  }

  /** The first of the host's cards that has so much left; one with nothing on it for all of it. */
  cardWith(host: number, left: number): number {
    const used = this.#used.get(host) ?? [];
    const { cards } = this.#room.hosts[host]!;
    for (let card = 0; card < cards; card += 1) {
      if (wholeCard - (used[card] ?? 0) === left) return card;
    }
    throw new Error(`host ${this.#room.hosts[host]!.id} has no card with ${left}/1000 left`);
  }

  /** Uses so much more of a card, or less; `refresh` must follow. */
  use(host: number, card: number, share: number): void {
    const cards = this.#used.get(host) ?? [];
    const before = cards[card] ?? 0;
    for (let index = cards.length; index < card; index += 1) cards[index] = 0;
    cards[card] = before + share;
    if (cards.every((used) => used === 0)) this.#used.delete(host);
    else this.#used.set(host, cards);
    const left = wholeCard - before;
    if (before > 0) this.#byLeft[left]?.remove(host);
  }

  /** Brings the host up to date with its columns. */
  refresh(host: number): void {
    if (!this.#used.has(host)) return;
    const isOffered = !isOverdrawn(this.#room, host);
    for (const left of this.lefts(host)) {
      const tree = (this.#byLeft[left] ??= new HostTree(this.#room));
      if (isOffered) tree.put(host);
      else tree.remove(host);
    }
  }

  /**
   * The host with the fullest card that still has room, the smallest index of equals; -1 when no
   * card that is in parts has room.
   */
  tightest({ need, share, allowed }: PartWish): number {
    for (let left = share; left < wholeCard; left += 1) {
      const host = this.#byLeft[left]?.firstAllowed(need, allowed) ?? -1;
      if (host >= 0) return host;
    }
    return -1;
  }

  /** How many replicas the host holds, each on a part of one of its cards. */
  replicasOn(host: number, need: Need, share: number): number {
    if (isOverdrawn(this.#room, host)) return 0;
    let slots = this.#room.cards[host]! * times(wholeCard, share);
    for (const left of this.lefts(host)) slots += times(left, share);
    return Math.min(slots, replicasBeside(this.#room, host, need));
  }

  /**
   * The cards for so many replicas: each on the fullest card that has room, one with nothing on it
   * when none has; the smallest index of equals. The host must have room for them.
   */
  cardsFor(host: number, share: number, replicas: number): number[] {
    const used = Array.from({ length: this.#room.hosts[host]!.cards }, (_, card) =>
      this.used(host, card),
    );
    return Array.from({ length: replicas }, () => {
      const card = fullest(used, share);
      used[card] = used[card]! + share;
      return card;
    });
  }

  /** What is left of each of the host's cards that is in parts and not full. */
  lefts(host: number): number[] {
    const { cards } = this.#room.hosts[host]!;
    const used = this.#used.get(host) ?? [];
    return used
      .slice(0, cards)
      .filter((thousandths) => thousandths > 0 && thousandths < wholeCard)
      .map((thousandths) => wholeCard - thousandths);
  }
}

function fullest(used: readonly number[], share: number): number {
  let best = -1;
  for (const [card, thousandths] of used.entries()) {
    if (thousandths + share > wholeCard) continue;
    if (best < 0 || thousandths > used[best]!) best = card;
  }
  return best;
}
