import type { Link } from "@wadi/core/capacity";
import type { Change, PoolNow, QueuedJob, RunNow, Shape } from "@wadi/core/dispatch";
import type { JobId, PoolId } from "@wadi/core/units";
import { alternativesOf, type Alternative } from "./alternatives.ts";
import { occupy, openRoom, type PoolRoom } from "./room.ts";

/** What all baselines know of the region: who waits, what is free. */
export interface View {
  /** By id. */
  readonly rooms: () => readonly PoolRoom[];
  /** The pools as they are when nothing is broken: open, with all hosts that were ever told. */
  readonly whole: () => readonly PoolNow[];
  readonly room: (pool: PoolId) => PoolRoom;
  readonly links: () => readonly Link[];
  /** Jobs alike in what they need, each group's in order. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Where a group's jobs may run at all; by pool id. */
  readonly alternatives: (group: Group) => readonly Alternative[];
  tell(changes: readonly Change[]): void;
}

export interface Group {
  readonly key: string;
  /** Of one of its jobs: all that is needed is alike. */
  readonly shape: Shape;
  /** By submission, then id. Those before `from` are gone, and some after it may be. */
  readonly jobs: Waiting[];
  from: number;
  alternatives: { readonly version: number; readonly list: readonly Alternative[] } | null;
}

export interface Waiting {
  readonly job: QueuedJob;
  readonly shape: Shape;
  isGone: boolean;
}

/** @param groupOf  jobs with the same answer wait in one line */
export function openView(groupOf: (shape: Shape, job: QueuedJob) => string): View {
  const rooms = new Map<PoolId, PoolRoom>();
  const whole = new Map<PoolId, PoolNow>();
  const runs = new Map<JobId, RunNow>();
  const waiting = new Map<JobId, Waiting>();
  const groups = new Map<string, Group>();
  let links: readonly Link[] = [];
  let inOrder: readonly PoolRoom[] = [];
  let version = 0;

  const end = (job: JobId) => {
    const run = runs.get(job);
    if (!run) return;
    runs.delete(job);
    occupy(rooms.get(run.pool)!, run, -1);
  };
  const leave = (job: JobId) => {
    const one = waiting.get(job);
    if (one) one.isGone = true;
    waiting.delete(job);
  };
  const apply = (change: Change) => {
    if (change.kind === "queued") {
      const one = { job: change.job, shape: change.shape, isGone: false };
      waiting.set(change.job.id, one);
      lineUp(groups, groupOf(change.shape, change.job), one);
    } else if (change.kind === "dequeued") leave(change.job);
    else if (change.kind === "ended") end(change.job);
    else if (change.kind === "started") {
      leave(change.run.job);
      runs.set(change.run.job, change.run);
      occupy(rooms.get(change.run.pool)!, change.run);
    } else if (change.kind === "links") {
      ({ links } = change);
      version += 1;
    } else if (change.kind === "pool") {
      const { pool } = change;
      const known = whole.get(pool.id);
      if (!known || known.hosts.length <= pool.hosts.length) {
        whole.set(pool.id, { ...pool, closed: null });
      }
      const room = openRoom(pool);
      for (const run of runs.values()) if (run.pool === pool.id) occupy(room, run);
      rooms.set(pool.id, room);
      inOrder = [...rooms.values()].sort((a, b) => (a.pool.id < b.pool.id ? -1 : 1));
      version += 1;
    }
  };
  return {
    rooms: () => inOrder,
    whole: () => [...whole.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    room: (pool) => rooms.get(pool)!,
    links: () => links,
    groups,
    alternatives(group) {
      if (group.alternatives?.version !== version) {
        const pools = inOrder.map(({ pool }) => pool);
        group.alternatives = { version, list: alternativesOf(group.shape, pools, links) };
      }
      return group.alternatives.list;
    },
    tell(changes) {
      for (const change of changes) apply(change);
    },
  };
}

function lineUp(groups: Map<string, Group>, key: string, one: Waiting): void {
  const known = groups.get(key);
  if (!known) {
    groups.set(key, { key, shape: one.shape, jobs: [one], from: 0, alternatives: null });
    return;
  }
  const { jobs } = known;
  jobs.push(one);
  // Nearly always last; a job whose run was ended goes back to where it was.
  for (let at = jobs.length - 1; at > known.from && isBefore(one, jobs[at - 1]!); at -= 1) {
    [jobs[at - 1], jobs[at]] = [one, jobs[at - 1]!];
  }
}

/** Oldest first, then by id. */
export const isBefore = (a: Waiting, b: Waiting) =>
  a.job.submittedMs < b.job.submittedMs ||
  (a.job.submittedMs === b.job.submittedMs && a.job.id < b.job.id);
