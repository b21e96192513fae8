import type { Placement, Shape } from "@wadi/core/dispatch";
import {
  asId,
  durationOf,
  type CentreId,
  type Duration,
  type PoolId,
  type ProviderId,
  type Rate,
  type RunId,
} from "@wadi/core/units";
import { priceScheduleJson, type Region } from "../centres/index.ts";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { candidatesJson } from "./candidate-json.ts";
import { documentOf, saveDocuments, type Document } from "./document-store.ts";
import { insertEvents } from "./event-store.ts";
import { insertRuns, type StoredRun } from "./run-store.ts";
import { familyHash } from "./spec-document.ts";
import { lockJobs, updateJobs, type StoredJob } from "./store.ts";

export interface LeaseOptions {
  readonly placements: readonly Placement[];
  readonly region: Region;
  /** Of the charge, kept by the platform. */
  readonly feeRate: Rate;
}

/**
 * Carries out placements: each job gets a run of the next generation, leased to the pool's centre
 * under the prices that hold now. A job that is queued no more, because it was cancelled since the
 * round looked, is left out.
 *
 * @returns the runs leased
 */
export async function leaseRuns(hub: Hub, sql: Sql, options: LeaseOptions): Promise<StoredRun[]> {
  const { placements, region } = options;
  const jobs = new Map(
    (
      await lockJobs(
        sql,
        placements.map(({ job }) => job),
      )
    ).map((job) => [job.id, job]),
  );
  const open = placements.filter(({ job }) => jobs.get(job)?.state === "queued");
  if (open.length === 0) return [];

  const now = hub.clock.now();
  const papers = papersFor(region);
  const familyOf = familiesOf();
  const decisions = new Map<Placement["candidates"], Document>();
  const runs = open.map((placement): StoredRun => {
    const { candidates } = placement;
    const decision = decisions.get(candidates) ?? documentOf(candidatesJson(candidates));
    decisions.set(candidates, decision);
    const { provider, prices } = papers(placement.pool);
    const job = jobs.get(placement.job)!;
    return {
      ...runOf(hub, { placement, job, now, options }),
      family: familyOf(placement.shape),
      provider,
      prices: prices.hash,
      decision: decision.hash,
    };
  });

  await saveDocuments(sql, [...decisions.values(), ...open.map(({ pool }) => papers(pool).prices)]);
  await insertRuns(sql, runs);
  await updateJobs(
    sql,
    runs.map((run) => placed(jobs.get(run.job)!, run)),
  );
  await insertEvents(
    sql,
    runs.map((run) => ({
      job: run.job,
      run: run.id,
      tenant: jobs.get(run.job)!.tenant,
      at: now,
      kind: "job.placed",
      facts: { centre: run.centre, pool: run.pool, model: run.model, emulated: run.emulated },
    })),
  );
  const tenants = runs.map(({ job }) => `events/${jobs.get(job)!.tenant}` as const);
  await hub.signals.raise(
    sql,
    ...runs.map(({ centre }) => `centre/${centre}` as const),
    ...tenants,
  );
  return runs;
}

const placed = (job: StoredJob, run: StoredRun): StoredJob => ({
  ...job,
  state: "placed",
  generation: run.generation,
  centre: run.centre,
  why: null,
});

function runOf(
  hub: Hub,
  on: { placement: Placement; job: StoredJob; now: Temporal.Instant; options: LeaseOptions },
): Omit<StoredRun, "family" | "provider" | "prices" | "decision"> {
  const { placement, job, now, options } = on;
  return {
    id: asId<RunId>(hub.newId()),
    job: job.id,
    generation: job.generation + 1,
    centre: placement.centre,
    pool: placement.pool,
    model: placement.model,
    emulated: placement.emulated,
    replicas: placement.shape.replicas,
    cardsPerReplica: placement.need.cards,
    share: placement.need.share,
    cpuPerReplica: placement.need.cpu,
    memoryPerReplica: placement.need.memory,
    hosts: placement.hosts,
    startsIn: startsInOf(placement),
    expected: placement.expectedRunTime,
    limit: placement.limit,
    rerunnable: job.rerunnable,
    feeRate: options.feeRate,
    state: "leased",
    leasedAt: now,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    message: "",
    isolation: null,
    preemptedAt: null,
    preemptedFor: null,
    checkpointedAt: null,
    checkpointBytes: null,
    slots: null,
  };
}

/** Until its data is there. */
const startsInOf = ({ candidates }: Placement): Duration =>
  candidates.find(({ verdict }) => verdict === "chosen")?.startsIn ?? durationOf(0);

/** Hashes are made once for each family of a round. */
function familiesOf(): (shape: Shape) => string {
  const made = new Map<string, string>();
  return (shape) => {
    const family = made.get(shape.family) ?? familyHash(shape);
    made.set(shape.family, family);
    return family;
  };
}

interface Papers {
  readonly provider: ProviderId;
  /** The price schedule as it stands: the run is charged by it, whatever comes later. */
  readonly prices: Document;
}

function papersFor(region: Region): (pool: PoolId) => Papers {
  const providers = new Map(region.centres.map(({ id, providerId }) => [id, providerId]));
  const pools = new Map(region.pools.map((pool) => [pool.id, pool]));
  const made = new Map<PoolId, Papers>();
  return (id) => {
    const before = made.get(id);
    if (before) return before;
    const pool = pools.get(id)!;
    const provider = providers.get(pool.centreId satisfies CentreId)!;
    const papers = { provider, prices: documentOf(priceScheduleJson(pool.prices)) };
    made.set(id, papers);
    return papers;
  };
}
