import type { Hub } from "../context.ts";
import { readDocuments } from "./document-store.ts";
import { insertEvents, reconsidered } from "./event-store.ts";
import { boundOf, shapeAfter, shapeHash, specOf } from "./spec-document.ts";
import { lockJobs, readWaitingForLeft, updateJobs, type StoredJob } from "./store.ts";

/**
 * What a centre kept that has left the region is gone: jobs that wait to go on from it begin
 * anew wherever it suits them.
 */
export const forgetCheckpoints = (hub: Hub): Promise<void> =>
  hub.db.transaction(async (sql) => {
    const jobs = await lockJobs(sql, await readWaitingForLeft(sql));
    const queued = jobs.filter(({ state }) => state === "queued");
    if (queued.length === 0) return;
    const documents = await readDocuments(
      sql,
      queued.map(({ spec }) => spec),
    );
    await updateJobs(
      sql,
      queued.map((job): StoredJob => {
        const spec = specOf(documents.get(job.spec.toString("hex")));
        const fresh = { ...job, checkpoint: null };
        return { ...fresh, shape: shapeHash(shapeAfter(spec, fresh), boundOf(job)) };
      }),
    );
    await insertEvents(
      sql,
      queued.map((job) => reconsidered(job, { at: hub.clock.now(), why: "checkpoint-lost" })),
    );
    await hub.signals.raise(sql, "round");
  });
