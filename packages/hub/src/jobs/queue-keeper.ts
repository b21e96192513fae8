import type { ShapeQueue } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

import type { Reading } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  readArrays,
  readGroupSizes,
  readHeadsOf,
  readMark,
  readQueueHeads,
  readTouched,
  type GroupName,
  type QueueHeads,
} from "./queue-store.ts";
import type { Queue } from "./read-queue.ts";
import { shapesOf } from "./shapes.ts";

/** The queue as a leader knows it: read whole at first, then only what has changed. */
export interface QueueKeeper {
  /**
   * What waits for a place now, at most so many of each group, oldest first. Groups in which
   * nothing has changed are the same values again.
   * @returns `keep` is to be called once the transaction is committed; without it the next look
   *   sees the same changes again
   */
  look(hub: Reading, sql: Sql): Promise<Queue & { readonly keep: () => void }>;
}

/** So many jobs a round looks at, and so many of each group at most and at least. */
const jobsMax = 100_000;
const perGroupUsual = 200;
const perGroupMin = 4;
/** Nothing but events tells of changes; should one be missing, this is how long it matters. */
const wholeAgainMs = 600_000;

interface Group {
  readonly heads: QueueHeads;
  readonly queue: ShapeQueue;
}

interface Known {
  readonly groups: Map<string, Group>;
  /** In which group each of their jobs is. */
  readonly groupOf: Map<JobId, string>;
  readonly perGroup: number;
  /** How many groups there were when it was read whole. */
  readonly groupsThen: number;
  readonly wholeMs: number;
  mark: string;
}

export function keepQueue(): QueueKeeper {
  let known: Known | undefined;

  async function whole(hub: Reading, sql: Sql): Promise<Known> {
    const mark = await readMark(sql);
    const sizes = await readGroupSizes(sql);
    const perGroup = fairShare(sizes);
    const read = await withShapes(hub, sql, await readQueueHeads(sql, perGroup));
    const fresh: Known = {
      ...{ groups: new Map(), groupOf: new Map(), perGroup, mark },
      groupsThen: sizes.length,
      wholeMs: hub.clock.now().epochMilliseconds,
    };
    for (const group of read) put(fresh, group);
    return fresh;
  }

  /** What has changed since: groups as they are now, null where they are gone. */
  async function changed(hub: Reading, sql: Sql, { mark, groups, groupOf, perGroup }: Known) {
    const touched = await readTouched(sql, mark);
    const names = new Map<string, GroupName>(touched.map((one) => [nameOf(one), one]));
    for (const { job } of touched) {
      const before = groupOf.get(job);
      if (before !== undefined) names.set(before, groups.get(before)!.heads);
    }
    const heads = await readHeadsOf(sql, [...names.values()], perGroup);
    const read = await withShapes(hub, sql, heads);
    const now = new Map(read.map((group) => [nameOf(group.heads), group]));
    const news = [...names.keys()].filter((name) => !isSame(groups.get(name), now.get(name)));
    return new Map(news.map((name) => [name, now.get(name) ?? null]));
  }

  return {
    async look(hub, sql) {
      const before = known && isGood(known, hub) ? known : undefined;
      if (!before) {
        const fresh = await whole(hub, sql);
        return told(sql, fresh.groups, () => void (known = fresh));
      }
      const mark = await readMark(sql);
      const changes = await changed(hub, sql, before);
      const groups = new Map(before.groups);
      for (const [name, group] of changes) {
        if (group) groups.set(name, group);
        else groups.delete(name);
      }
      return told(sql, groups, () => {
        for (const [name, group] of changes) replace(before, name, group);
        before.mark = mark;
      });
    },
  };
}

/** So many of each group that all together are not more than a round looks at. */
export function fairShare(sizes: readonly number[], perGroupMax = perGroupUsual): number {
  let left = jobsMax;
  for (const [i, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const each = Math.floor(left / (sizes.length - i));
    if (size > each) return Math.min(perGroupMax, Math.max(perGroupMin, each));
    left -= size;
  }
  return perGroupMax;
}

/** What an open transaction may still change is read again each time, and mostly as it was. */
function isSame(before: Group | undefined, now: Group | undefined): boolean {
  if (!before || !now) return before === now;
  const [then, jobs] = [before.heads.jobs, now.heads.jobs];
  const isAsLong = then.length === jobs.length && before.heads.hasMore === now.heads.hasMore;
  return isAsLong && then.every(({ id }, i) => id === jobs[i]!.id);
}

function isGood({ wholeMs, groups, groupsThen }: Known, { clock }: Reading): boolean {
  const isFresh = Math.abs(clock.now().epochMilliseconds - wholeMs) < wholeAgainMs;
  return isFresh && groups.size <= 2 * groupsThen + 1000 && groups.size >= groupsThen / 2 - 1000;
}

async function withShapes(hub: Reading, sql: Sql, all: readonly QueueHeads[]): Promise<Group[]> {
  const shapeFor = await shapesOf(hub, sql, all);
  return all.map((heads) => ({ heads, queue: { shape: shapeFor(heads), jobs: heads.jobs } }));
}

function put({ groups, groupOf }: Known, group: Group): void {
  const name = nameOf(group.heads);
  groups.set(name, group);
  for (const { id } of group.heads.jobs) groupOf.set(id, name);
}

function replace(known: Known, name: string, group: Group | null): void {
  for (const { id } of known.groups.get(name)?.heads.jobs ?? []) {
    if (known.groupOf.get(id) === name) known.groupOf.delete(id);
  }
  if (group) put(known, group);
  else known.groups.delete(name);
}

async function told(sql: Sql, groups: ReadonlyMap<string, Group>, keep: () => void) {
  const all = [...groups.values()];
  const bound = all.flatMap(({ heads }) => heads.jobs.flatMap(({ array }) => array ?? []));
  return {
    queue: all.map(({ queue }) => queue),
    arrays: await readArrays(sql, [...new Set(bound)]),
    hasMore: all.some(({ heads }) => heads.hasMore),
    keep,
  };
}

const nameOf = ({ shape, tenant }: Pick<GroupName, "shape" | "tenant">) => `${shape} ${tenant}`;
