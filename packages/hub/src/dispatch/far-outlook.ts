import type { GroupOutlook, Outlook, QueuedJob, Shape, Snapshot } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

import { portable, type PortableSnapshot } from "./portable.ts";
import { openThread } from "./thread.ts";

/** An outlook as it comes out of another thread: shapes by their keys. */
export interface FarOutlook extends Pick<Outlook, "atMs" | "cost"> {
  readonly groups: readonly (Pick<GroupOutlook, "tenant" | "array"> & {
    readonly shape: string;
    readonly startsMs: Float64Array;
  })[];
}

/** Looks ahead in a thread of its own: with a long queue it takes seconds. */
export interface FarLook {
  look(snapshot: Snapshot): Promise<FarOutlook>;
  close(): Promise<void>;
}

export function openFarLook(): FarLook {
  const main = new URL("./outlook-main.ts", import.meta.url);
  const thread = openThread<PortableSnapshot, FarOutlook>(main, "outlook");
  return { look: (snapshot) => thread.ask(portable(snapshot)), close: thread.close };
}

/**
 * What was seen of an earlier queue, for the jobs of it that wait still.
 * @param then  what was looked at
 * @param now  what waits now; jobs that came since are not told of
 */
export function outlookSince(
  seen: FarOutlook,
  { then, now }: { then: Snapshot; now: Snapshot },
): Outlook {
  const waiting = new Set<JobId>(now.queue.flatMap(({ jobs }) => jobs.map(({ id }) => id)));
  const starts = new Map(seen.groups.map((group) => [nameOf(group.shape, group), group.startsMs]));
  const startOf = new Map<JobId, number>();
  const groups = [...groupsOf(then)].flatMap(([name, { shape, jobs }]): GroupOutlook[] => {
    const known = starts.get(name);
    const left = jobs.flatMap(({ id }, place) => {
      const startMs = known?.[place];
      if (startMs === undefined || !waiting.has(id)) return [];
      startOf.set(id, startMs);
      return [startMs];
    });
    const [{ tenant, array }] = jobs as [QueuedJob];
    return left.length > 0 ? [{ tenant, array, shape, startsMs: left }] : [];
  });
  const { atMs, cost } = seen;
  return { atMs, cost, groups, startOf: (job) => startOf.get(job) };
}

interface GroupThen {
  readonly shape: Shape;
  readonly jobs: QueuedJob[];
}

/** Jobs of one shape, tenant and array, oldest first, as dispatch takes them. */
function groupsOf({ queue }: Snapshot): Map<string, GroupThen> {
  const groups = new Map<string, GroupThen>();
  for (const { shape, jobs } of queue) {
    for (const job of jobs) {
      const name = nameOf(shape.key, job);
      const group = groups.get(name) ?? { shape, jobs: [] };
      group.jobs.push(job);
      groups.set(name, group);
    }
  }
  return groups;
}

const nameOf = (key: string, of: { readonly tenant: string; readonly array: string | null }) =>
  `${key} ${of.tenant} ${of.array ?? ""}`;
