import type { JobId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { readDependents } from "./dependency-store.ts";
import { insertEvents } from "./event-store.ts";
import { releaseShares } from "./release-shares.ts";
import { lockJobs, readSucceeded, updateJobs, type StoredJob } from "./store.ts";

/**
 * Takes on the jobs that waited for these, which have just ended: a job whose last dependency is
 * met is queued; one that needed the success of a job that did not succeed is cancelled, and so
 * are those that wait for it in turn.
 */
export async function resolveDependents(
  hub: Hub,
  sql: Sql,
  ended: readonly JobId[],
): Promise<void> {
  if (ended.length === 0) return;
  const links = await readDependents(sql, ended);
  if (links.length === 0) return;
  const succeeded = await readSucceeded(sql, ended);
  const jobs = new Map(
    (await lockJobs(sql, [...new Set(links.map(({ job }) => job))])).map((job) => [job.id, job]),
  );

  const now = hub.clock.now();
  const changed = new Map<JobId, StoredJob>();
  for (const { job: id, needs, kind } of links) {
    const job = changed.get(id) ?? jobs.get(id)!;
    if (job.state !== "blocked") continue;
    if (kind === "ok" && !succeeded.has(needs)) {
      changed.set(id, { ...job, state: "cancelled", why: "dependency-failed", endedAt: now });
      continue;
    }
    const blockedBy = job.blockedBy - 1;
    changed.set(id, { ...job, blockedBy, state: blockedBy <= 0 ? "queued" : "blocked" });
  }

  const cancelled = [...changed.values()].filter(({ state }) => state === "cancelled");
  const released = await releaseShares(sql, cancelled, now);
  await updateJobs(
    sql,
    [...changed.values()].map((job) => released.get(job.id) ?? job),
  );
  await insertEvents(
    sql,
    [...changed.values()]
      .filter(({ state }) => state !== "blocked")
      .map(({ id, tenant, state, why }) => ({
        job: id,
        run: null,
        tenant,
        at: now,
        kind: `job.${state}`,
        facts: { why },
      })),
  );
  await hub.signals.raise(sql, "round");
  await resolveDependents(
    hub,
    sql,
    cancelled.map(({ id }) => id),
  );
}
