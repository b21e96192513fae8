import type { HostShare, Need, Span } from "../snapshot.ts";
import { freeAt, startsBeside, type Window } from "./beside-bookings.ts";
import type { Growth } from "./growth.ts";
import { countsFrom, type HostLine } from "./host-line.ts";
import { isClear } from "./maintenance.ts";

/** Replicas that start together or not at all. */
export interface Gang {
  readonly replicas: number;
  readonly need: Need;
}

export interface Search {
  readonly nowMs: number;
  /** How long the room is needed; as `nowMs` it is rounded up to whole milliseconds. */
  readonly lengthMs: number;
  /** No start farther ahead is looked for. */
  readonly withinMs: number;
}

/** In whole milliseconds. */
export interface SearchSpan {
  readonly nowMs: number;
  /** It is known that no start is earlier. */
  readonly notBeforeMs: number;
  /** No later start is of interest. */
  readonly lastMs: number;
  readonly lengthMs: number;
  /** Of the gang's need. */
  readonly needKey: string;
}

export interface Start {
  readonly startMs: number;
  readonly hosts: readonly HostShare[];
}

/** What the search goes through: hosts by index, in the order of their ids. */
export interface Lines {
  readonly lines: readonly HostLine[];
  /** Hosts with a booking; their rows in `growth` are passed over. */
  readonly booked: ReadonlySet<number>;
  readonly growth: Growth;
  readonly maintenance: readonly Span[];
}

interface Change {
  readonly atMs: number;
  /** -1: no host's; only a moment worth a look. */
  readonly host: number;
  readonly by: number;
}

/** How much farther each further search looks. */
const fartherBy = 4;

/**
 * The earliest start, looked for near at hand first and then farther and farther: most of what the
 * bookings change lies behind it.
 */
export function searchEarliest(gang: Gang, span: SearchSpan, all: Lines): Start | undefined {
  const { nowMs, notBeforeMs, lastMs, lengthMs, needKey } = span;
  const fromMs = Math.max(notBeforeMs, reachesAt(all.growth, gang.replicas, nowMs));
  if (fromMs > lastMs) return undefined;
  for (let aheadMs = lengthMs; ; aheadMs *= fartherBy) {
    const untilMs = Math.min(fromMs + aheadMs, lastMs);
    const start = searchWindow(gang, { nowMs, fromMs, untilMs, lengthMs, needKey }, all);
    if (start !== undefined || untilMs === lastMs) return start;
  }
}

/**
 * Goes along the line of time, from change to change, and stops when all hosts together hold the
 * gang. Room can only appear when a run, a booking or a maintenance window ends, so the first such
 * moment that fits is the earliest of all.
 */
function searchWindow({ replicas, need }: Gang, window: Window, all: Lines): Start | undefined {
  const { lines, booked, growth, maintenance } = all;
  const { nowMs, fromMs, untilMs, lengthMs } = window;
  const changes = changesBeside(all, need, window);
  const fits = new Int32Array(lines.length);

  let sum = 0;
  let row = 0;
  let next = 0;
  for (let atMs = fromMs; atMs <= untilMs;) {
    for (; row < growth.hosts.length; row += 1) {
      if (countsFrom(growth.timesMs[row]!, nowMs) > atMs) break;
      const host = growth.hosts[row]!;
      if (booked.has(host)) continue;
      fits[host] = fits[host]! + growth.gains[row]!;
      sum += growth.gains[row]!;
    }
    for (; next < changes.length && changes[next]!.atMs <= atMs; next += 1) {
      const { host, by } = changes[next]!;
      if (host < 0) continue;
      fits[host] = fits[host]! + by;
      sum += by;
    }
    if (sum >= replicas && isClear(maintenance, { fromMs: atMs, toMs: atMs + lengthMs })) {
      return { startMs: atMs, hosts: choose(lines, { fits, replicas, atMs, nowMs }) };
    }
    const grownMs =
      row < growth.hosts.length
        ? countsFrom(growth.timesMs[row]!, nowMs)
        : Number.POSITIVE_INFINITY;
    atMs = Math.min(grownMs, changes[next]?.atMs ?? Number.POSITIVE_INFINITY);
  }
  return undefined;
}

/** When the runs alone leave room for so many replicas: no start is earlier, whatever is booked. */
function reachesAt(growth: Growth, replicas: number, nowMs: number): number {
  let sum = 0;
  for (let row = 0; row < growth.gains.length; row += 1) {
    sum += growth.gains[row]!;
    if (sum >= replicas) return countsFrom(growth.timesMs[row]!, nowMs);
  }
  return Number.POSITIVE_INFINITY;
}

/** What the bookings and the maintenance windows change, soonest first. */
function changesBeside(
  { lines, booked, maintenance }: Lines,
  need: Need,
  window: Window,
): Change[] {
  const changes: Change[] = [];
  for (const host of booked) {
    let before = 0;
    for (const { fromMs, replicas } of startsBeside(lines[host]!, need, window)) {
      changes.push({ atMs: fromMs, host, by: replicas - before });
      before = replicas;
    }
  }
  for (const { toMs } of maintenance) {
    if (toMs > window.fromMs && toMs <= window.untilMs)
      changes.push({ atMs: toMs, host: -1, by: 0 });
  }
  return changes.sort((a, b) => a.atMs - b.atMs);
}

/** The tightest hosts first: those with the fewest free cards at the start; then by id. */
function choose(
  lines: readonly HostLine[],
  {
    fits,
    replicas,
    atMs,
    nowMs,
  }: { fits: Int32Array; replicas: number; atMs: number; nowMs: number },
): HostShare[] {
  const byFree = new Map<number, number[]>();
  for (const [host, line] of lines.entries()) {
    if (fits[host]! < 1) continue;
    const { cards } = freeAt(line, atMs, nowMs);
    const alike = byFree.get(cards);
    if (alike === undefined) byFree.set(cards, [host]);
    else alike.push(host);
  }
  const shares: HostShare[] = [];
  let left = replicas;
  for (const [, hosts] of [...byFree].sort(([a], [b]) => a - b)) {
    for (const host of hosts) {
      if (left === 0) return shares;
      const taken = Math.min(left, fits[host]!);
      shares.push({ host: lines[host]!.host.id, replicas: taken });
      left -= taken;
    }
  }
  return shares;
}
