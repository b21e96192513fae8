import type { CentreId, RunId } from "@wadi/core/units";
import type { Lease, stopOrder } from "@wadi/protocol";
import type { z } from "zod";

import type { Sql } from "../db/index.ts";
import { readDocuments } from "./document-store.ts";
import { readRunsToLease, readRunsToStop, type StoredRun } from "./run-store.ts";
import { specOf } from "./spec-document.ts";
import { readJobsByIds, type StoredJob } from "./store.ts";

export type StopOrder = z.output<typeof stopOrder>;

/**
 * Leases that wait for a centre, oldest first: runs it has not reported on yet, less those in
 * `except`, which it was handed a moment ago.
 */
export async function leasesFor(
  sql: Sql,
  want: { centre: CentreId; limit: number; except: readonly RunId[] },
): Promise<Lease[]> {
  if (want.limit <= 0) return [];
  const runs = await readRunsToLease(sql, want);
  if (runs.length === 0) return [];
  const jobs = new Map(
    (
      await readJobsByIds(
        sql,
        runs.map(({ job }) => job),
      )
    ).map((job) => [job.id, job]),
  );
  const hashes = new Map([...jobs.values()].map(({ spec }) => [spec.toString("hex"), spec]));
  const documents = await readDocuments(sql, [...hashes.values()]);
  const specs = new Map([...documents].map(([hash, body]) => [hash, specOf(body)]));
  return runs.map((run) => leaseOf(run, jobs.get(run.job)!, specs));
}

function leaseOf(
  run: StoredRun,
  job: StoredJob,
  specs: ReadonlyMap<string, ReturnType<typeof specOf>>,
): Lease {
  return {
    run: run.id,
    generation: run.generation,
    job: run.job,
    attempt: run.generation,
    spec: specs.get(job.spec.toString("hex"))!,
    arrayIndex: job.arrayIndex,
    pool: run.pool,
    model: run.model,
    cardsPerReplica: run.cardsPerReplica,
    share: run.share,
    placement: [...run.hosts],
    emulated: run.emulated,
    maxRunTime: run.limit,
  };
}

/** Runs at a centre whose end was asked for and has not been reported yet, by id. */
export async function stopsFor(sql: Sql, centre: CentreId): Promise<StopOrder[]> {
  return readRunsToStop(sql, { centre, limit: 1000 });
}
