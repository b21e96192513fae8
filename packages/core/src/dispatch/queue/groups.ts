import type { JobId, TenantId } from "../../units/index.ts";
import type { QueuedJob, Shape } from "../snapshot.ts";

/** Jobs that differ only in when they came: of one shape, one tenant, and one bounded array. */
export interface Group {
  readonly entry: ShapeEntry;
  readonly tenant: TenantId;
  readonly array: JobId | null;
  /** Oldest first, then by id. */
  readonly jobs: QueuedJob[];
  /** How many of them a round has dealt with; 0 between rounds. */
  taken: number;
}

/** A shape that somebody waits with. */
export interface ShapeEntry {
  readonly shape: Shape;
  readonly groups: Map<string, Group>;
}

/** The queue by shape and tenant: what a round costs depends on the groups, not on the jobs. */
export interface Groups<E extends ShapeEntry> {
  add(shape: Shape, job: QueuedJob): void;
  /** Of many at once; faster than one by one. */
  addAll(shape: Shape, jobs: readonly QueuedJob[]): void;
  /** @returns whether it was there */
  remove(job: JobId): boolean;
  has(job: JobId): boolean;
  /** Its group, and how many of that group's jobs are older. */
  placeOf(job: JobId): { readonly group: Group; readonly place: number } | undefined;
  entry(shape: Shape): E | undefined;
  /** In no particular order. */
  entries(): Iterable<E>;
  /** Jobs in all. */
  size(): number;
}

/** @param makeEntry  what the caller keeps beside each shape */
export function openGroups<E extends ShapeEntry>(makeEntry: (shape: Shape) => E): Groups<E> {
  const byKey = new Map<string, E>();
  const groupOf = new Map<JobId, Group>();

  const entryOf = (shape: Shape): E => {
    const known = byKey.get(shape.key) ?? makeEntry(shape);
    byKey.set(shape.key, known);
    return known;
  };
  const groupIn = (entry: E, { tenant, array }: QueuedJob): Group => {
    const key = array === null ? tenant : `${tenant} ${array}`;
    const known = entry.groups.get(key);
    if (known) return known;
    const made = { entry, tenant, array, jobs: [], taken: 0 };
    entry.groups.set(key, made);
    return made;
  };

  return {
    add(shape, job) {
      if (groupOf.has(job.id)) return;
      const group = groupIn(entryOf(shape), job);
      insert(group.jobs, job);
      groupOf.set(job.id, group);
    },
    addAll(shape, jobs) {
      const entry = entryOf(shape);
      const touched = new Set<Group>();
      for (const job of jobs) {
        if (groupOf.has(job.id)) continue;
        const group = groupIn(entry, job);
        group.jobs.push(job);
        groupOf.set(job.id, group);
        touched.add(group);
      }
      for (const { jobs: all } of touched) all.sort(byAge);
    },
    remove(job) {
      const group = groupOf.get(job);
      if (!group) return false;
      groupOf.delete(job);
      group.jobs.splice(placeOf(group.jobs, job), 1);
      if (group.jobs.length > 0) return true;
      const { entry, tenant, array } = group;
      entry.groups.delete(array === null ? tenant : `${tenant} ${array}`);
      if (entry.groups.size === 0) byKey.delete(entry.shape.key);
      return true;
    },
    has: (job) => groupOf.has(job),
    placeOf(job) {
      const group = groupOf.get(job);
      return group && { group, place: group.jobs.findIndex(({ id }) => id === job) };
    },
    entry: (shape) => byKey.get(shape.key),
    entries: () => byKey.values(),
    size: () => groupOf.size,
  };
}

/** Oldest first; between equals the smaller id. */
export const byAge = (a: QueuedJob, b: QueuedJob) =>
  a.submittedMs - b.submittedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Most jobs that leave are the oldest, and most that come are the youngest. */
function placeOf(jobs: readonly QueuedJob[], id: JobId): number {
  return jobs[0]!.id === id ? 0 : jobs.findIndex((job) => job.id === id);
}

function insert(jobs: QueuedJob[], job: QueuedJob): void {
  let low = 0;
  let high = jobs.length;
  if (high > 0 && byAge(jobs[high - 1]!, job) <= 0) low = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byAge(jobs[middle]!, job) <= 0) low = middle + 1;
    else high = middle;
  }
  jobs.splice(low, 0, job);
}
