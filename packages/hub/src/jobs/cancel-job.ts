import { isFinalJob } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { insertEvents } from "./event-store.ts";
import { releaseShares } from "./release-shares.ts";
import { resolveDependents } from "./resolve-dependents.ts";
import { lockJobs, lockOpenJobs, readJob, updateJobs, type StoredJob } from "./store.ts";

/**
 * Asks for the end of a job: one that waits ends at once and its hold is freed; one that runs is
 * stopped by its centre and charged for what it used. The id of an array, which is that of its
 * first job, ends all of the array; the id of another job of it only that. Safe to repeat.
 *
 * @returns the job as it stands then
 * @throws Refused `not-found`; `job-already-final` when there is nothing left to end
 */
export async function cancelJob(
  hub: Hub,
  sql: Sql,
  { id, tenant }: { id: JobId; tenant: TenantId | null },
): Promise<StoredJob> {
  const asked = await readJob(sql, id, tenant);
  if (!asked) throw new Refused("not-found", { job: id });
  const isArray = asked.arrayIndex === 0;
  const locked = isArray ? await lockOpenJobs(sql, asked.submission) : await lockJobs(sql, [id]);
  const open = locked.filter(({ state }) => !isFinalJob(state));
  if (open.length === 0) {
    throw new Refused(
      "job-already-final",
      { state: asked.state },
      `The job ${asked.state} already.`,
    );
  }

  const at = hub.clock.now();
  const waiting = open.filter(({ state }) => state === "queued" || state === "blocked");
  const running = open.filter(({ state }) => state === "placed" || state === "running");
  const released = await releaseShares(sql, waiting, at);
  const ended = waiting.map((job): StoredJob => ({
    ...released.get(job.id)!,
    state: "cancelled",
    why: "cancelled",
    endedAt: at,
    cancelRequestedAt: at,
  }));
  const asking = running
    .filter(({ cancelRequestedAt }) => cancelRequestedAt === null)
    .map((job): StoredJob => ({ ...job, cancelRequestedAt: at }));

  await updateJobs(sql, [...ended, ...asking]);
  await insertEvents(sql, [
    ...ended.map((job) => cancelEvent(job, { at, kind: "job.cancelled" })),
    ...asking.map((job) => cancelEvent(job, { at, kind: "job.cancel-requested" })),
  ]);
  await resolveDependents(
    hub,
    sql,
    ended.map((job) => job.id),
  );
  const centres = asking.flatMap(({ centre }) => (centre ? [`centre/${centre}` as const] : []));
  await hub.signals.raise(sql, `events/${asked.tenant}`, ...centres);
  return [...ended, ...asking].find((job) => job.id === id) ?? asked;
}

const cancelEvent = (job: StoredJob, { at, kind }: { at: Temporal.Instant; kind: string }) => ({
  job: job.id,
  run: null,
  tenant: job.tenant,
  at,
  kind,
  facts: {},
});
