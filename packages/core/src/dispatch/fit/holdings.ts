import type { HostId } from "../../units/index.ts";
import type { HostShare, Need, PoolNow } from "../snapshot.ts";
import type { OpenRoom } from "./open-room.ts";
import { shareIn, wholeCard } from "./parts.ts";

/** What a run holds of a pool. */
export interface Held {
  readonly need: Need;
  readonly hosts: readonly HostShare[];
}

/** One host's share of what is held. */
interface Move {
  readonly at: HostShare;
  readonly need: Need;
  /** By index; undefined when the pool lists no such host. */
  readonly host: number | undefined;
  /** Of the card that `at` names, in thousandths as the pool rounds it; 0 where it names none. */
  readonly part: number;
}

type Refusal = string | undefined;

/** Takes room of a pool's hosts and gives it back. What throws has changed nothing. */
export class Holdings {
  readonly #pool: PoolNow;
  readonly #open: OpenRoom;
  /** Replicas that run on hosts that the pool no longer lists. */
  readonly #strays = new Map<HostId, number>();

  constructor(pool: PoolNow, open: OpenRoom) {
    this.#pool = pool;
    this.#open = open;
  }

  /** @throws Error when a host has not that much free, or is not of the pool: the caller's bug */
  take(held: Held): void {
    this.#all(held, 1, (move) => this.#odd(move) ?? this.#lack(move));
  }

  /**
   * Takes room for what runs already, whatever the pool says now. A host that shrank is overdrawn
   * by it, and nothing is laid out there until it is not; of one that is gone it is only counted.
   */
  occupy(held: Held): void {
    this.#all(held, 1, () => undefined);
  }

  /** @throws Error when less than that is held, so when it is given twice: the caller's bug */
  give(held: Held): void {
    this.#all(held, -1, (move) => this.#notHeld(move));
  }

  /** All of it, or an error and nothing. */
  #all(held: Held, sign: 1 | -1, refuse: (move: Move) => Refusal): void {
    for (const [done, at] of held.hosts.entries()) {
      const move = this.#moveOf(held.need, at);
      const why = refuse(move);
      if (why !== undefined) {
        const undo = sign === 1 ? -1 : 1;
        for (const before of held.hosts.slice(0, done)) {
          this.#move(this.#moveOf(held.need, before), undo);
        }
        const card = at.card === undefined ? "" : `, ${move.part}/1000 of card ${at.card}`;
        const what = `${at.replicas} × ${held.need.cards} cards${card}`;
        throw new Error(`pool ${this.#pool.id}, host ${at.host}, ${what}: ${why}`);
      }
      this.#move(move, sign);
    }
  }

  #moveOf(need: Need, at: HostShare): Move {
    const host = this.#open.room.indexOf.get(at.host);
    if (at.card === undefined) return { at, need, host, part: 0 };
    // A run keeps its part of a card where the pool, as it is now, hands out whole cards only.
    return { at, need, host, part: shareIn(this.#pool, need) ?? need.share };
  }

  #move({ at, need, host, part }: Move, sign: 1 | -1): void {
    if (host === undefined) {
      this.#strays.set(at.host, (this.#strays.get(at.host) ?? 0) + sign * at.replicas);
      return;
    }
    const { parts } = this.#open;
    this.#open.count(need, sign * at.replicas);
    let cards = sign * need.cards * at.replicas;
    if (at.card !== undefined) {
      const before = parts.cards(host);
      parts.use(host, at.card, sign * part);
      cards = parts.cards(host) - before;
    }
    const cpu = sign * need.cpu * at.replicas;
    this.#open.take(host, { cards, cpu, memory: sign * need.memory * at.replicas });
  }

  /** A part says which card it is of, one replica at a time; whole cards do not. */
  #odd({ at, need }: Move): Refusal {
    const share = shareIn(this.#pool, need);
    if (share === undefined) return "the pool hands out whole cards only";
    if (share >= wholeCard) {
      return at.card === undefined ? undefined : "whole cards name no card: leave card out";
    }
    if (at.card === undefined) return "a part of a card says which card it is of: set card";
    return at.replicas === 1 ? undefined : "parts of cards are taken one replica to a share";
  }

  /** What the host lacks for it; undefined when it has room. */
  #lack({ at, need, host, part }: Move): Refusal {
    if (host === undefined) return "the pool lists no such host";
    const { room, parts } = this.#open;
    const free = { cards: room.cards[host]!, cpu: room.cpu[host]!, memory: room.memory[host]! };
    const left = at.card === undefined ? wholeCard : wholeCard - parts.used(host, at.card);
    const isFresh = left === wholeCard;
    const cards = at.card === undefined ? need.cards * at.replicas : isFresh ? 1 : 0;
    const isOfHost = at.card === undefined || at.card < room.hosts[host]!.cards;
    const hasRoom =
      isOfHost &&
      part <= left &&
      cards <= free.cards &&
      need.cpu * at.replicas <= free.cpu &&
      need.memory * at.replicas <= free.memory;
    if (hasRoom) return undefined;
    const ofCard = isFresh ? "" : `, ${left}/1000 of that card`;
    const { cpu, memory } = free;
    return `only ${free.cards} cards${ofCard}, ${cpu} milli-cores, ${memory} MiB are free`;
  }

  /** Why it cannot be given back; undefined when it is held. */
  #notHeld({ at, need, host, part }: Move): Refusal {
    const twice = "less than that is held; it was given back before, or never taken";
    if (host === undefined) {
      return (this.#strays.get(at.host) ?? 0) >= at.replicas ? undefined : twice;
    }
    const { room, parts } = this.#open;
    const all = room.hosts[host]!;
    const isHeld =
      all.cpu - room.cpu[host]! >= need.cpu * at.replicas &&
      all.memory - room.memory[host]! >= need.memory * at.replicas &&
      (at.card === undefined
        ? all.cards - room.cards[host]! - parts.cards(host) >= need.cards * at.replicas
        : parts.used(host, at.card) >= part);
    return isHeld ? undefined : twice;
  }
}
