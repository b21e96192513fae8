import type { JobId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { insertEvents } from "./event-store.ts";
import { releaseShares } from "./release-shares.ts";
import { resolveDependents } from "./resolve-dependents.ts";
import { lockJobs, updateJobs, type StoredJob } from "./store.ts";

/** Ends queued jobs that can never start any more, and frees what they hold. */
export async function giveUpJobs(
  hub: Hub,
  sql: Sql,
  { jobs: ids, why }: { jobs: readonly JobId[]; why: string },
): Promise<void> {
  const queued = (await lockJobs(sql, ids)).filter(({ state }) => state === "queued");
  if (queued.length === 0) return;
  const at = hub.clock.now();
  const released = await releaseShares(sql, queued, at);
  const ended = queued.map(({ id }): StoredJob => ({
    ...released.get(id)!,
    state: "failed",
    why,
    endedAt: at,
  }));
  await updateJobs(sql, ended);
  await insertEvents(
    sql,
    ended.map(({ id, tenant }) => ({
      job: id,
      run: null,
      tenant,
      at,
      kind: "job.failed",
      facts: { why },
    })),
  );
  await resolveDependents(
    hub,
    sql,
    ended.map(({ id }) => id),
  );
  await hub.signals.raise(sql, ...ended.map(({ tenant }) => `events/${tenant}` as const));
}
