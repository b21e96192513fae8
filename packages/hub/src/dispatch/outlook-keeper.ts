import type { Calibration, Outlook, Plan, Snapshot } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

import type { SaidStarts } from "../jobs/index.ts";
import { outlookSince, type FarOutlook } from "./far-outlook.ts";
import { countJobs, isLongQueue, type RememberedRegion } from "./remembered-region.ts";

/** Looks ahead from time to time, and learns how right it was. */
export interface OutlookKeeper {
  /** @returns null while the last look is fresh enough, or another one is still being taken */
  look(
    plan: Plan,
    snapshot: Snapshot,
    by: { readonly region: RememberedRegion; readonly starts: SaidStarts },
  ): Outlook | null;
}

/** It looks at each job that waits, so not in every round. */
const everyMs = 2000;
/**
 * Handing a long queue to another thread and taking up what was seen costs each job some
 * microseconds: a hundred times that lies between two looks.
 */
const perJobMs = 0.15;
/** So many told waits are remembered, to learn from when they are over. */
const toldMax = 50_000;

interface Told {
  readonly atMs: number;
  readonly waitMs: number;
}

/** A look that is taken elsewhere; `seen` once it has been. */
interface Looking {
  readonly then: Snapshot;
  seen?: FarOutlook;
}

/** @param lookFar  for long queues; gives undefined, having told of it, where that has failed */
export function keepOutlook(
  lookFar: (snapshot: Snapshot) => Promise<FarOutlook | undefined>,
): OutlookKeeper {
  const told = new Map<JobId, Told>();
  let lookedMs = -Infinity;
  let wasEmpty = false;
  let looking: Looking | undefined;

  async function look(at: Looking): Promise<void> {
    const seen = await lookFar(at.then);
    if (seen) at.seen = seen;
    else looking = undefined;
  }
  function arrived(now: Snapshot): Outlook | null {
    if (!looking?.seen) return null;
    const outlook = outlookSince(looking.seen, { then: looking.then, now });
    looking = undefined;
    remember(outlook, now, told);
    return outlook;
  }

  return {
    look(plan, snapshot, { region, starts }) {
      learnFrom(plan, told, starts.calibration);
      if (looking) return arrived(snapshot);
      const isEmpty = plan.waiting.length === 0 && plan.held.length === 0;
      const dueMs = lookedMs + Math.max(everyMs, perJobMs * countJobs(snapshot));
      const isFresh = plan.atMs < dueMs;
      if (isEmpty && wasEmpty) return null;
      if (isFresh && plan.atMs >= lookedMs && !(isEmpty && !wasEmpty)) return null;
      lookedMs = plan.atMs;
      wasEmpty = isEmpty;
      if (isLongQueue(snapshot)) {
        looking = { then: snapshot };
        void look(looking);
        return null;
      }
      const outlook = region.outlook();
      remember(outlook, snapshot, told);
      return outlook;
    },
  };
}

/** A wait that was told is over when its job starts. */
function learnFrom(plan: Plan, told: Map<JobId, Told>, calibration: Calibration): void {
  for (const { job } of plan.placements) {
    const one = told.get(job);
    if (!one) continue;
    told.delete(job);
    // It was started by the very round that it was told after: nothing was foretold.
    if (plan.atMs <= one.atMs) continue;
    calibration.learn({ toldMs: one.waitMs, realMs: plan.atMs - one.atMs });
  }
}

/** What each job was told first; who has left the queue otherwise is forgotten. */
function remember(outlook: Outlook, { queue }: Snapshot, told: Map<JobId, Told>): void {
  const startsOf = new Map(
    outlook.groups.map((group) => [nameOf(group.shape.key, group), group.startsMs]),
  );
  const waiting = new Set<JobId>();
  for (const { shape, jobs } of queue) {
    for (const [place, job] of jobs.entries()) {
      waiting.add(job.id);
      const startMs = startsOf.get(nameOf(shape.key, job))?.[place];
      if (startMs === undefined || told.has(job.id) || told.size >= toldMax) continue;
      told.set(job.id, { atMs: outlook.atMs, waitMs: Math.max(0, startMs - outlook.atMs) });
    }
  }
  for (const job of told.keys()) if (!waiting.has(job)) told.delete(job);
}

const nameOf = (key: string, of: { readonly tenant: string; readonly array: string | null }) =>
  `${key} ${of.tenant} ${of.array ?? ""}`;
