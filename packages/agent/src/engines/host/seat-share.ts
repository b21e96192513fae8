import { RunRefused, shareOf, wholeCard } from "../engine.ts";
import {
  hasCapacity,
  partNameOf,
  takeSeat,
  type FreeHost,
  type ReplicaAsked,
} from "./free-host.ts";
import type { Seat } from "./seat.ts";

/**
 * Seats a replica that has a part of a card. The hub has counted the parts: those that it gave one
 * card share one card here too, else parts that fit by its count would not fit by ours. The first
 * of
 * them takes a free card, on the host that the hub means where that has one. Where the hub names no
 * card, the one with the least left that has room.
 * @throws RunRefused `no-free-cards` or `no-free-capacity`
 */
export function seatShare(hosts: readonly FreeHost[], asked: ReplicaAsked): Seat {
  const { spec, replica } = asked;
  const name = partNameOf(asked);
  const wanted = spec.cards?.on?.[replica]?.host;
  const fitting = hosts
    .flatMap((host) => host.cards.map((card) => ({ host, card })))
    .filter(({ card }) => card.model === spec.cards?.model && card.left >= shareOf(spec.cards))
    .filter(({ card }) => name === null || card.sharedAs === name || card.left === wholeCard)
    .sort((a, b) => a.card.left - b.card.left || rank(a.host) - rank(b.host));
  const best = fitting.find(({ host }) => hasCapacity(host, spec));
  if (best === undefined) throw refusal(asked, fitting.length > 0);

  const { host, card } = best;
  const { slot, device, emulated } = card;
  takeSeat(host, [slot], asked);
  return { host: host.id, slots: [slot], devices: [device], emulated };

  function rank({ id }: FreeHost): number {
    return id === wanted ? 0 : 1;
  }
}

function refusal({ spec }: ReplicaAsked, hasCard: boolean): RunRefused {
  const part = `${shareOf(spec.cards)} thousandths of one ${spec.cards?.model}`;
  if (!hasCard) return new RunRefused("no-free-cards", `${part} were asked for`);
  const more = `${spec.cpu} thousandths of a core and ${spec.memory} MiB`;
  return new RunRefused("no-free-capacity", `${more} beside ${part} were asked for`);
}
