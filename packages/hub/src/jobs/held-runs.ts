import type { RunNow } from "@wadi/core/dispatch";
import type { RunId } from "@wadi/core/units";

import type { Db, Sql } from "../db/index.ts";
import {
  readCancelling,
  readHeldRuns,
  readOpenRuns,
  type HeldRun,
  type OpenRun,
} from "./held-store.ts";
import { shapesOf } from "./shapes.ts";

/** A run as it was leased, with its shape. */
type Kept = HeldRun & Pick<RunNow, "shape">;
const kept = new WeakMap<Db, Map<RunId, { readonly run: Kept; now: RunNow; state: string }>>();

/**
 * All runs that hold cards, as dispatch sees them. What cannot change in a run is read once; of a
 * run in which nothing has changed the same value comes back again.
 */
export async function readRunsNow(hub: { readonly db: Db }, sql: Sql): Promise<RunNow[]> {
  const open = await readOpenRuns(sql);
  const cancelling = open.length > 0 ? await readCancelling(sql) : new Set();
  const before = kept.get(hub.db) ?? new Map<RunId, never>();
  const fresh = open.filter(({ id }) => !before.has(id)).map(({ id }) => id);
  const read = await readHeldRuns(sql, fresh);
  const shapeFor = await shapesOf(hub, sql, read);
  const found = new Map(read.map((run) => [run.id, { ...run, shape: shapeFor(run) }]));

  const after: NonNullable<ReturnType<(typeof kept)["get"]>> = new Map();
  for (const one of open) {
    const known = before.get(one.id);
    const run = known?.run ?? found.get(one.id);
    if (!run) continue; // it ended between the two readings
    const stopping = one.preempted || cancelling.has(run.job);
    const state = `${one.startedMs} ${stopping} ${one.checkpointedMs}`;
    const isSame = known?.state === state;
    after.set(one.id, isSame ? known : { run, state, now: runNow(run, { ...one, stopping }) });
  }
  kept.set(hub.db, after);
  return [...after.values()].map(({ now }) => now);
}

function runNow(run: Kept, at: OpenRun & { readonly stopping: boolean }): RunNow {
  const { job, tenant, shape, pool, need, hosts, leasedMs, startsIn, expected, limit } = run;
  const fromMs = at.startedMs ?? leasedMs + startsIn;
  return {
    ...{ job, tenant, shape, pool, need, hosts },
    sinceMs: leasedMs,
    expectedEndMs: fromMs + Math.min(expected ?? limit, limit),
    latestEndMs: fromMs + limit,
    checkpointedMs: at.checkpointedMs,
    stopping: at.stopping,
  };
}
