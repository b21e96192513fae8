import type { Need } from "../snapshot.ts";

/** Whole cards, thousandths of a core, MiB. */
export interface Room {
  cards: number;
  cpu: number;
  memory: number;
}

/** A card in the thousandths that `Need.share` counts. */
export const wholeCard = 1000;

/** More replicas than any host is asked for; what needs nothing finds room for so many. */
const countless = 1_000_000_000;

/** How many replicas the room holds; a part of a card counts as a whole one. */
export function replicasIn(room: Room, need: Need): number {
  const by = (has: number, takes: number) => (takes === 0 ? countless : Math.floor(has / takes));
  const most = Math.min(
    by(room.cards, need.cards),
    by(room.cpu, need.cpu),
    by(room.memory, need.memory),
  );
  return Math.max(0, most);
}

/** What so many replicas take. */
export const timesTaken = (need: Need, replicas: number): Room => ({
  cards: need.cards * replicas,
  cpu: need.cpu * replicas,
  memory: need.memory * replicas,
});

/** Gives the room back (1) or takes it (-1), in place. */
export function change(room: Room, by: Room, sign: 1 | -1): void {
  room.cards += sign * by.cards;
  room.cpu += sign * by.cpu;
  room.memory += sign * by.memory;
}

/** Equal for needs that a timeline does not tell apart. */
export const needKey = ({ cards, cpu, memory }: Need) => `${cards}/${cpu}/${memory}`;
