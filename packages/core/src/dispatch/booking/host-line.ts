import type { JobId } from "../../units/index.ts";
import type { HostNow, HostShare, Need, RunNow } from "../snapshot.ts";
import { change, replicasIn, timesTaken, wholeCard, type Room } from "./room.ts";

/** One host on the line of time: what holds it now, and what it is promised to. */
export interface HostLine {
  readonly host: HostNow;
  readonly holds: Hold[];
  readonly bookings: BookedShare[];
  /** Worked out from `bookings`; null after they changed. */
  edges: readonly Edge[] | null;
  /** Both worked out from `holds`; null after they changed. */
  releases: readonly Release[] | null;
  now: RoomNow | null;
  /** What is free from `nowMs` on, for the needs that were asked for; null after any change. */
  free: { readonly nowMs: number; readonly byNeed: Map<string, readonly Stretch[]> } | null;
  /** The number of the last change of its holds. */
  changed: number;
}

/** What one run holds of one host. */
export interface Hold {
  readonly job: JobId;
  readonly takes: Room;
  /** `longAgo` when the run is being stopped: its room counts as free from any time on. */
  readonly endMs: number;
  /** Of a part of a card: which one, and how many thousandths of it. */
  readonly slice: { readonly card: number; readonly share: number } | null;
}

/** What is free at this moment; what is being stopped still holds its room. */
export interface RoomNow {
  readonly room: Room;
  /** Thousandths in use, of each card that is shared. */
  readonly shared: readonly number[];
}

/** From `fromMs` on, until the next one, a host holds so many replicas. */
export interface Stretch {
  readonly fromMs: number;
  readonly replicas: number;
}

/** From `startMs` up to but not at `endMs`. */
export interface BookedShare {
  readonly startMs: number;
  readonly endMs: number;
  readonly takes: Room;
}

/** A booking takes its room (-1), or gives it back (1). */
export interface Edge {
  readonly atMs: number;
  readonly by: Room;
  readonly sign: 1 | -1;
}

/** What becomes free of a host, and when. */
export interface Release extends Room {
  readonly atMs: number;
}

export const longAgo = Number.NEGATIVE_INFINITY;

/** What a run holds of the host that `share` names, until its limit. */
export function holdOf(run: RunNow, share: HostShare): Hold {
  const isSlice = run.need.share < wholeCard && share.card !== undefined;
  return {
    job: run.job,
    takes: timesTaken(run.need, share.replicas),
    endMs: run.stopping ? longAgo : Math.ceil(run.latestEndMs),
    slice: isSlice ? { card: share.card, share: run.need.share * share.replicas } : null,
  };
}

/**
 * What becomes free, soonest first. A card that is shared becomes free as a whole, when the last
 * run on it has ended.
 */
export function releasesOf(line: HostLine): readonly Release[] {
  if (line.releases !== null) return line.releases;
  const releases: Release[] = [];
  const shared = new Map<number, number>();
  for (const { endMs, slice, takes } of line.holds) {
    releases.push({ ...takes, atMs: endMs, cards: slice === null ? takes.cards : 0 });
    if (slice !== null) {
      shared.set(slice.card, Math.max(endMs, shared.get(slice.card) ?? longAgo));
    }
  }
  for (const endMs of shared.values()) releases.push({ atMs: endMs, cards: 1, cpu: 0, memory: 0 });
  line.releases = releases.sort((a, b) => (a.atMs < b.atMs ? -1 : a.atMs > b.atMs ? 1 : 0));
  return line.releases;
}

/** The starts and ends of the bookings, soonest first. */
export function edgesOf(line: HostLine): readonly Edge[] {
  line.edges ??= line.bookings
    .flatMap(({ startMs, endMs, takes }): Edge[] => [
      { atMs: startMs, by: takes, sign: -1 },
      { atMs: endMs, by: takes, sign: 1 },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  return line.edges;
}

/** When a release counts: a run past its limit is taken to end at once, a millisecond from now. */
export const countsFrom = (atMs: number, nowMs: number) =>
  atMs === longAgo ? nowMs : Math.max(atMs, nowMs + 1);

/** The host's room when everything on it has ended. */
export const emptyRoom = ({ host }: HostLine): Room => ({
  cards: host.cards,
  cpu: host.cpu,
  memory: host.memory,
});

/** How many replicas find room at this moment. */
export function replicasNow(line: HostLine, need: Need): number {
  const { room, shared } = roomNow(line);
  if (need.share >= wholeCard) return replicasIn(room, need);
  let cards = Math.max(0, room.cards) * Math.floor(wholeCard / need.share);
  for (const used of shared) cards += Math.max(0, Math.floor((wholeCard - used) / need.share));
  return replicasIn({ cards, cpu: room.cpu, memory: room.memory }, need);
}

function roomNow(line: HostLine): RoomNow {
  if (line.now !== null) return line.now;
  const room = emptyRoom(line);
  const shared = new Map<number, number>();
  for (const { takes, slice } of line.holds) {
    change(room, { ...takes, cards: slice === null ? takes.cards : 0 }, -1);
    if (slice !== null) shared.set(slice.card, slice.share + (shared.get(slice.card) ?? 0));
  }
  room.cards -= shared.size;
  line.now = { room, shared: [...shared.values()] };
  return line.now;
}
