import type { RunState } from "@wadi/core/job";
import type { CentreId, RunId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { runEvent } from "./apply-reports.ts";
import { endRuns } from "./end-runs.ts";
import { insertEvents } from "./event-store.ts";
import { readRunsAt, updateRuns, type StoredRun } from "./run-store.ts";
import { lockJobs } from "./store.ts";

/**
 * Gives up the runs of a centre whose lease has run out. Those that may be rerun have been stopped
 * by the centre itself by now, so their jobs go back to the queue; the others are left alone,
 * since they may still be running, and wait for the centre to come back.
 *
 * @returns how many were given up
 */
export async function loseCentre(hub: Hub, sql: Sql, centre: CentreId): Promise<number> {
  const held = await readRunsAt(sql, centre, ["leased", "starting", "running"]);
  const gone = held.filter(({ rerunnable }) => rerunnable);
  return lose(hub, sql, {
    runs: gone,
    why: "its centre was silent for longer than its lease",
  });
}

/**
 * Compares what a centre holds with what it said it had taken. A run that it took and no longer
 * holds is lost: its host or keeper died, or the centre's state was wiped. So is one that was
 * leased before `since`, to an agent that is gone: it may have been started and never told.
 */
export async function reconcile(
  hub: Hub,
  sql: Sql,
  at: {
    centre: CentreId;
    holding: readonly { run: RunId; generation: number }[];
    since?: Temporal.Instant;
  },
): Promise<number> {
  const { centre, holding, since } = at;
  const held = new Set(holding.map(({ run }) => run));
  const open = await readRunsAt(sql, centre, ["leased", "starting", "running"]);
  const gone = open.filter(({ id, state, leasedAt }) => {
    const isOld = since !== undefined && Temporal.Instant.compare(leasedAt, since) < 0;
    return !held.has(id) && (state !== "leased" || isOld);
  });
  return lose(hub, sql, { runs: gone, why: "its centre no longer knows of it" });
}

async function lose(
  hub: Hub,
  sql: Sql,
  { runs, why }: { runs: readonly StoredRun[]; why: string },
): Promise<number> {
  if (runs.length === 0) return 0;
  const jobs = new Map(
    (
      await lockJobs(
        sql,
        runs.map(({ job }) => job),
      )
    ).map((job) => [job.id, job]),
  );
  // A report may have ended a run between the reading and the lock.
  const still = await readRunsAt(sql, runs[0]!.centre, ["leased", "starting", "running"]);
  const ids = new Set(still.map(({ id }) => id));

  const endedAt = hub.clock.now();
  const lost = runs
    .filter(({ id }) => ids.has(id))
    .map((run): StoredRun => ({ ...run, state: "lost" satisfies RunState, endedAt, message: why }));
  await updateRuns(sql, lost);
  await insertEvents(
    sql,
    lost.map((run) => runEvent(jobs.get(run.job)!, run, endedAt)),
  );
  await endRuns(
    hub,
    sql,
    lost.map((run) => ({ run, job: jobs.get(run.job)!, endedAt })),
  );
  return lost.length;
}
