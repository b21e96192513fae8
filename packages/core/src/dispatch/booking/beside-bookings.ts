import type { Need } from "../snapshot.ts";
import {
  countsFrom,
  edgesOf,
  emptyRoom,
  releasesOf,
  type HostLine,
  type Stretch,
} from "./host-line.ts";
import { change, replicasIn, type Room } from "./room.ts";

export interface Window {
  readonly nowMs: number;
  /** Nothing before is of interest; `nowMs` or later. */
  readonly fromMs: number;
  /** No later start is of interest. */
  readonly untilMs: number;
  readonly lengthMs: number;
  /** Of the need that is looked for, as `needKey` has it. */
  readonly needKey: string;
}

/**
 * How many replicas may start on a host at each instant and run for `lengthMs`, beside its runs and
 * the bookings on it: where that changes, from `fromMs` until `untilMs`.
 */
export function startsBeside(line: HostLine, need: Need, window: Window): Stretch[] {
  const { untilMs, lengthMs } = window;
  const free = freeFrom(line, need, window);
  const starts: Stretch[] = [];
  // A start gains by moving into a stretch, and loses by coming to reach into one.
  let entered = 0;
  let reached = 1;
  for (let atMs = window.fromMs; atMs <= untilMs;) {
    while (entered + 1 < free.length && free[entered + 1]!.fromMs <= atMs) entered += 1;
    while (reached < free.length && free[reached]!.fromMs < atMs + lengthMs) reached += 1;
    let least = free[entered]!.replicas;
    for (let i = entered + 1; i < reached; i += 1) least = Math.min(least, free[i]!.replicas);
    if (least !== (starts.at(-1)?.replicas ?? 0)) starts.push({ fromMs: atMs, replicas: least });
    const entersMs = free[entered + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const reachesMs = (free[reached]?.fromMs ?? Number.POSITIVE_INFINITY) - lengthMs + 1;
    atMs = Math.min(entersMs, reachesMs);
  }
  return starts;
}

/** How many replicas the host's bookings leave room for from `nowMs` until `endMs`. */
export function leftBesideBookings(
  line: HostLine,
  need: Need,
  { nowMs, endMs }: { nowMs: number; endMs: number },
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { startMs, endMs: overMs } of line.bookings) {
    if (startMs >= endMs || overMs <= nowMs) continue;
    // Runs only ever give room back, so the moments to look at are those when a booking takes some.
    least = Math.min(least, replicasIn(freeAt(line, Math.max(startMs, nowMs), nowMs), need));
  }
  return least;
}

/** What is free at one instant beside runs and bookings. */
export function freeAt(line: HostLine, atMs: number, nowMs: number): Room {
  const room = emptyRoom(line);
  for (const release of releasesOf(line)) {
    if (countsFrom(release.atMs, nowMs) > atMs) change(room, release, -1);
  }
  for (const { startMs, endMs, takes } of line.bookings) {
    if (startMs <= atMs && atMs < endMs) change(room, takes, -1);
  }
  return room;
}

/** Many searches of a round ask for the same. */
function freeFrom(
  line: HostLine,
  need: Need,
  { nowMs, needKey }: Pick<Window, "nowMs" | "needKey">,
): readonly Stretch[] {
  const free =
    line.free?.nowMs === nowMs
      ? line.free
      : { nowMs, byNeed: new Map<string, readonly Stretch[]>() };
  line.free = free;
  const known = free.byNeed.get(needKey) ?? stretchesOf(line, need, nowMs);
  free.byNeed.set(needKey, known);
  return known;
}

/** What is free from `nowMs` on; the first stretch begins there, and no two alike follow. */
function stretchesOf(line: HostLine, need: Need, nowMs: number): Stretch[] {
  const releases = releasesOf(line);
  const edges = edgesOf(line);
  const room = emptyRoom(line);
  for (const release of releases) change(room, release, -1);

  const stretches: Stretch[] = [];
  let release = 0;
  let edge = 0;
  for (let atMs = nowMs; atMs < Number.POSITIVE_INFINITY;) {
    while (release < releases.length && countsFrom(releases[release]!.atMs, nowMs) <= atMs) {
      change(room, releases[release]!, 1);
      release += 1;
    }
    while (edge < edges.length && edges[edge]!.atMs <= atMs) {
      change(room, edges[edge]!.by, edges[edge]!.sign);
      edge += 1;
    }
    const replicas = replicasIn(room, need);
    if (replicas !== stretches.at(-1)?.replicas) stretches.push({ fromMs: atMs, replicas });
    atMs = Number.POSITIVE_INFINITY;
    if (release < releases.length) atMs = countsFrom(releases[release]!.atMs, nowMs);
    if (edge < edges.length) atMs = Math.min(atMs, edges[edge]!.atMs);
  }
  return stretches;
}
