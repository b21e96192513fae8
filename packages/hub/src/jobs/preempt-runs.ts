import type { Preemption } from "@wadi/core/dispatch";
import { isFinalRun } from "@wadi/core/job";
import { formatYuan } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { insertEvents, type NewEvent } from "./event-store.ts";
import { readRunsOf, updateRuns, type StoredRun } from "./run-store.ts";
import { lockJobs, type StoredJob } from "./store.ts";

/**
 * Asks for the end of runs, to make room for other jobs. Their centres stop them as they stop
 * cancelled ones; when they tell that they have, the jobs go back to the queue. A run that has
 * ended meanwhile, or whose end was asked for already, is left as it is.
 *
 * @returns how many were asked to end
 */
export async function preemptRuns(
  hub: Hub,
  sql: Sql,
  preemptions: readonly Preemption[],
): Promise<number> {
  if (preemptions.length === 0) return 0;
  const ids = preemptions.map(({ job }) => job);
  const jobs = new Map((await lockJobs(sql, ids)).map((job) => [job.id, job]));
  const open = new Map(
    (await readRunsOf(sql, ids))
      .filter(({ state }) => !isFinalRun(state))
      .map((run) => [run.job, run]),
  );
  const at = hub.clock.now();
  const asked = preemptions.flatMap((one) => {
    const job = jobs.get(one.job);
    const run = open.get(one.job);
    if (!job || !run || job.cancelRequestedAt !== null || run.preemptedAt !== null) return [];
    return [{ one, job, run: { ...run, preemptedAt: at, preemptedFor: one.for } }];
  });
  await updateRuns(
    sql,
    asked.map(({ run }) => run),
  );
  await insertEvents(sql, asked.map(preemptEvent));
  await hub.signals.raise(
    sql,
    ...asked.map(({ run }) => `centre/${run.centre}` as const),
    ...asked.map(({ job }) => `events/${job.tenant}` as const),
  );
  return asked.length;
}

/** For whom it makes room is not its tenant's to know. */
const preemptEvent = (asked: { one: Preemption; job: StoredJob; run: StoredRun }): NewEvent => ({
  job: asked.job.id,
  run: asked.run.id,
  tenant: asked.job.tenant,
  at: asked.run.preemptedAt!,
  kind: "job.preempt-requested",
  facts: { rule: asked.one.rule, loss: formatYuan(asked.one.loss) },
});
