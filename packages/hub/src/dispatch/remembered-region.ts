import {
  openRegion,
  type DispatchRegion,
  type Outlook,
  type Plan,
  type Shape,
  type Snapshot,
} from "@wadi/core/dispatch";
import { asId, type JobId, type TenantId } from "@wadi/core/units";

import { changesBetween } from "./changes.ts";

/** A region that a leader keeps in memory, so that a round costs as much as what has changed. */
export interface RememberedRegion {
  /** What to do now; the same as if the region were opened on this snapshot. */
  decide(snapshot: Snapshot): Plan;
  /** When what waits is expected to start, as of the last decision. */
  outlook(): Outlook;
  /**
   * When such a job is expected to start if it came now, in epoch milliseconds. Undefined before
   * any decision, where nobody can say, and where looking takes too long to do it for one job.
   */
  startBeside(asked: { shape: Shape; tenant: TenantId }, nowMs: number): number | undefined;
}

/** An outlook looks at each job that waits: with more of them it takes too long for a round. */
const shortQueue = 5000;

/** Whether to look ahead in a thread of its own. */
export const isLongQueue = (snapshot: Pick<Snapshot, "queue">): boolean =>
  countJobs(snapshot) > shortQueue;

export const countJobs = ({ queue }: Pick<Snapshot, "queue">): number =>
  queue.reduce((sum, { jobs }) => sum + jobs.length, 0);

/** For a job that only asks, a look takes no longer than this. */
const lookMsMax = 50;
/** A job that is in nobody's queue. */
const asking = asId<JobId>("asking");

export function rememberRegion(): RememberedRegion {
  let last: { readonly region: DispatchRegion; readonly snapshot: Snapshot } | undefined;
  let lookedMs = 0;

  function look(region: DispatchRegion, nowMs: number): Outlook {
    const began = performance.now();
    const outlook = region.outlook(nowMs);
    lookedMs = performance.now() - began;
    return outlook;
  }

  return {
    decide(snapshot) {
      const changes = last && changesBetween(last.snapshot, snapshot);
      const region = last && changes ? last.region : openRegion(snapshot);
      last = undefined; // should the next line fail, the region is opened anew
      if (changes) region.apply(changes);
      last = { region, snapshot };
      return region.decide(snapshot.nowMs, { explains: true });
    },
    outlook() {
      if (!last) throw new Error("the outlook was asked for before any decision");
      return look(last.region, last.snapshot.nowMs);
    },
    startBeside({ shape, tenant }, nowMs) {
      if (!last || lookedMs > lookMsMax || isLongQueue(last.snapshot)) return undefined;
      const { region } = last;
      const job = { id: asking, tenant, submittedMs: nowMs, array: null };
      region.apply([{ kind: "queued", shape, job }]);
      try {
        return look(region, nowMs).startOf(asking);
      } finally {
        region.apply([{ kind: "dequeued", job: asking }]);
      }
    },
  };
}
