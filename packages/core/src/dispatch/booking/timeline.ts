import type { HostId, JobId } from "../../units/index.ts";
import type { HostNow, HostShare, Need, PoolNow, RunNow } from "../snapshot.ts";
import { openAnswers, type Booked } from "./answers.ts";
import { leftBesideBookings } from "./beside-bookings.ts";
import { searchEarliest, type Gang, type Search, type Start } from "./earliest.ts";
import { keepGrowths } from "./growth.ts";
import { holdOf, replicasNow, type HostLine } from "./host-line.ts";
import { isClear } from "./maintenance.ts";
import { needKey, timesTaken } from "./room.ts";

/**
 * One pool on the line of time: what of each host is free from when, beside its runs (each to its
 * limit), the bookings made so far and maintenance. Times are whole milliseconds.
 */
export interface PoolTimeline {
  /** Takes a run in, or again with other facts. Hosts that the pool has not are passed over. */
  add(run: RunNow): void;
  /** Undoes `add`, exactly; nothing happens for a job that is not there. */
  remove(job: JobId): void;
  /**
   * The earliest instant at which all replicas find room for `lengthMs`, clear of maintenance and
   * beside all bookings. Of hosts that hold some then, those with the fewest free cards are taken
   * first, then those of smaller id.
   * @returns undefined when there is none within `withinMs` of `nowMs`
   */
  earliest(gang: Gang, search: Search): Start | undefined;
  /** Keeps room from `startMs` up to `endMs`. What `earliest` has just said never collides. */
  book(booking: Booked): void;
  /** Forgets all bookings: a round books anew. */
  clear(): void;
  /**
   * How many replicas may start on the host at `nowMs`, to end at `endMs` at the latest, without
   * delaying a booking or reaching into maintenance. What is free at this moment is counted in.
   */
  roomBeside(host: HostId, start: StartNow): number;
}

export interface StartNow {
  readonly need: Need;
  readonly nowMs: number;
  /** When it ends at the latest. */
  readonly endMs: number;
}

/** A timeline with no runs and no bookings. */
export function openTimeline(pool: Pick<PoolNow, "hosts" | "maintenance">): PoolTimeline {
  const hosts = openHosts(pool);
  const growths = keepGrowths(hosts.lines);
  const runs = new Map<JobId, readonly HostShare[]>();
  const answers = openAnswers();

  function remove(job: JobId): void {
    answers.forget();
    hosts.change(runs.get(job) ?? [], ({ holds }) => {
      const at = holds.findIndex((hold) => hold.job === job);
      if (at >= 0) holds.splice(at, 1);
    });
    runs.delete(job);
  }

  return {
    add(run) {
      if (runs.has(run.job)) remove(run.job);
      answers.forget();
      runs.set(run.job, run.hosts);
      hosts.change(run.hosts, (line, share) => line.holds.push(holdOf(run, share)));
    },
    remove,
    earliest(gang, search) {
      const nowMs = Math.ceil(search.nowMs);
      const lastMs = Math.min(nowMs + search.withinMs, Number.MAX_SAFE_INTEGER);
      const lengthMs = Math.max(1, Math.ceil(search.lengthMs));
      const ofNeed = needKey(gang.need);
      return answers.of(
        `${gang.replicas}/${ofNeed}/${lengthMs}`,
        { nowMs, lastMs },
        (notBeforeMs) => {
          const growth = growths.of(gang.need, hosts.version());
          const span = { nowMs, notBeforeMs, lastMs, lengthMs, needKey: ofNeed };
          return searchEarliest(gang, span, { ...hosts, ...pool, growth });
        },
      );
    },
    book(booking) {
      answers.book(booking);
      hosts.book(booking);
    },
    clear() {
      answers.clear();
      hosts.clear();
    },
    roomBeside(host, { need, nowMs, endMs }) {
      const line = hosts.lineOf(host);
      const span = { fromMs: nowMs, toMs: Math.max(endMs, nowMs + 1) };
      if (line === undefined || !isClear(pool.maintenance, span)) return 0;
      const room = replicasNow(line, need);
      if (room === 0 || line.bookings.length === 0) return room;
      return Math.min(room, leftBesideBookings(line, need, { nowMs, endMs: span.toMs }));
    },
  };
}

/** The hosts in the order of their ids, which of them are booked, and when each changed. */
function openHosts(pool: Pick<PoolNow, "hosts">) {
  const lines = pool.hosts.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(lineOf);
  const indexOf = new Map(lines.map(({ host }, index) => [host.id, index]));
  const booked = new Set<number>();
  let version = 0;
  return {
    lines,
    booked,
    version: () => version,
    lineOf: (host: HostId): HostLine | undefined => lines[indexOf.get(host) ?? -1],
    change(shares: readonly HostShare[], how: (line: HostLine, share: HostShare) => void): void {
      version += 1;
      for (const share of shares) {
        const line = lines[indexOf.get(share.host) ?? -1];
        if (line === undefined) continue;
        how(line, share);
        line.releases = null;
        line.now = null;
        line.free = null;
        line.changed = version;
      }
    },
    book({ need, hosts, startMs, endMs }: Booked): void {
      for (const { host, replicas } of hosts) {
        const index = indexOf.get(host);
        if (index === undefined) continue;
        const takes = timesTaken(need, replicas);
        lines[index]!.bookings.push({ startMs, endMs: Math.ceil(endMs), takes });
        lines[index]!.edges = null;
        lines[index]!.free = null;
        booked.add(index);
      }
    },
    clear(): void {
      for (const index of booked) {
        lines[index]!.bookings.length = 0;
        lines[index]!.edges = null;
        lines[index]!.free = null;
      }
      booked.clear();
    },
  };
}

const lineOf = (host: HostNow): HostLine => ({
  host,
  holds: [],
  bookings: [],
  edges: null,
  releases: null,
  now: null,
  free: null,
  changed: 0,
});
