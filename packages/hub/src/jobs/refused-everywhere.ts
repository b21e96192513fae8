import type { JobId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { readDocuments } from "./document-store.ts";
import { insertEvents, reconsidered } from "./event-store.ts";
import { giveUpJobs } from "./give-up-jobs.ts";
import { boundOf, shapeAfter, shapeHash, specOf } from "./spec-document.ts";
import { lockJobs, updateJobs, type StoredJob } from "./store.ts";

/** A job refused so often, and by every pool that could run it, is given up. */
const refusedMax = 5;

/**
 * What becomes of queued jobs that no pool is left for, since those that could run them refused:
 * at first they may try all of them again, since what stood in the way may have gone; after five
 * refusals they end.
 */
export async function afterRefusals(hub: Hub, sql: Sql, ids: readonly JobId[]): Promise<void> {
  const queued = (await lockJobs(sql, ids)).filter(({ state }) => state === "queued");
  const done = queued.filter(({ refusals }) => refusals >= refusedMax);
  await giveUpJobs(hub, sql, { jobs: done.map(({ id }) => id), why: "run-refused" });
  const again = queued.filter(({ refusals }) => refusals < refusedMax);
  if (again.length === 0) return;
  const documents = await readDocuments(
    sql,
    again.map(({ spec }) => spec),
  );
  await updateJobs(
    sql,
    again.map((job): StoredJob => {
      const spec = specOf(documents.get(job.spec.toString("hex")));
      const fresh = { ...job, ruledOut: [] };
      return { ...fresh, shape: shapeHash(shapeAfter(spec, fresh), boundOf(job)) };
    }),
  );
  await insertEvents(
    sql,
    again.map((job) => reconsidered(job, { at: hub.clock.now(), why: "refused-everywhere" })),
  );
  await hub.signals.raise(sql, "round");
}
