import type { RunState } from "@wadi/core/job";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  rate,
  type CardModelId,
  type CentreId,
  type Duration,
  type HostId,
  type JobId,
  type Mebibytes,
  type MilliCores,
  type PoolId,
  type ProviderId,
  type Rate,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import { fragment, json, type Sql } from "../db/index.ts";

/** A run as stored. */
export interface StoredRun {
  readonly id: RunId;
  readonly job: JobId;
  readonly generation: number;
  readonly centre: CentreId;
  readonly pool: PoolId;
  readonly provider: ProviderId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly replicas: number;
  readonly cardsPerReplica: number;
  readonly cpuPerReplica: MilliCores;
  readonly memoryPerReplica: Mebibytes;
  readonly hosts: readonly { readonly host: HostId; readonly replicas: number }[];
  readonly limit: Duration;
  readonly rerunnable: boolean;
  /** Hashes of documents. */
  readonly prices: Buffer;
  readonly decision: Buffer;
  readonly feeRate: Rate;
  readonly state: RunState;
  readonly leasedAt: Temporal.Instant;
  readonly startedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly message: string;
  readonly isolation: unknown;
}

export async function insertRuns(sql: Sql, runs: readonly StoredRun[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`
    insert into runs (id, job, generation, centre, pool, provider, model, emulated, replicas,
      cards_per_replica, cpu_per_replica, memory_per_replica, host_ids, host_replicas, limit_ms,
      rerunnable, prices, decision, fee_rate, state, leased_at)
    select id, job, generation, centre, pool, provider, model, emulated, replicas, cards, cpu,
      memory, string_to_array(host_ids, ' '), string_to_array(host_replicas, ' ')::int[], limit_ms,
      rerunnable, prices, decision, fee_rate, state, leased_at
    from unnest(
      ${runs.map((run) => run.id)}::uuid[],
      ${runs.map((run) => run.job)}::uuid[],
      ${runs.map((run) => run.generation)}::int[],
      ${runs.map((run) => run.centre)}::text[],
      ${runs.map((run) => run.pool)}::text[],
      ${runs.map((run) => run.provider)}::text[],
      ${runs.map((run) => run.model)}::text[],
      ${runs.map((run) => run.emulated)}::boolean[],
      ${runs.map((run) => run.replicas)}::int[],
      ${runs.map((run) => run.cardsPerReplica)}::int[],
      ${runs.map((run) => run.cpuPerReplica)}::int[],
      ${runs.map((run) => run.memoryPerReplica)}::int[],
      ${runs.map((run) => run.hosts.map(({ host }) => host).join(" "))}::text[],
      ${runs.map((run) => run.hosts.map(({ replicas }) => replicas).join(" "))}::text[],
      ${runs.map((run) => run.limit)}::bigint[],
      ${runs.map((run) => run.rerunnable)}::boolean[],
      ${runs.map((run) => run.prices)}::bytea[],
      ${runs.map((run) => run.decision)}::bytea[],
      ${runs.map((run) => run.feeRate)}::bigint[],
      ${runs.map((run) => run.state)}::text[],
      ${runs.map((run) => run.leasedAt)}::timestamptz[]
    ) as one (id, job, generation, centre, pool, provider, model, emulated, replicas, cards, cpu,
      memory, host_ids, host_replicas, limit_ms, rerunnable, prices, decision, fee_rate, state,
      leased_at)`;
}

/** Saves what may change in a run; its job is locked by the caller. */
export async function updateRuns(sql: Sql, runs: readonly StoredRun[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`
    update runs set state = now.state, started_at = now.started_at, ended_at = now.ended_at,
      exit_code = now.exit_code, signal = now.signal, message = now.message,
      isolation = now.isolation
    from unnest(
      ${runs.map((run) => run.id)}::uuid[],
      ${runs.map((run) => run.state)}::text[],
      ${runs.map((run) => run.startedAt)}::timestamptz[],
      ${runs.map((run) => run.endedAt)}::timestamptz[],
      ${runs.map((run) => run.exitCode)}::int[],
      ${runs.map((run) => run.signal)}::text[],
      ${runs.map((run) => run.message)}::text[],
      ${runs.map((run) => (run.isolation === null ? null : json(run.isolation)))}::json[]
    ) as now (id, state, started_at, ended_at, exit_code, signal, message, isolation)
    where runs.id = now.id`;
}

/** The job of each of these runs; runs that are not there are left out. */
export async function jobsOfRuns(sql: Sql, runs: readonly RunId[]): Promise<Map<RunId, JobId>> {
  const rows = await sql<{ id: string; job: string }>`
    select id, job from runs where id = any(${runs}::uuid[])`;
  return new Map(rows.map(({ id, job }) => [asId<RunId>(id), asId<JobId>(job)]));
}

export async function readRuns(sql: Sql, ids: readonly RunId[]): Promise<StoredRun[]> {
  const rows = await sql<RunRow>`select ${columns} from runs where id = any(${ids}::uuid[])`;
  return rows.map(toRun);
}

/** All runs of these jobs, by job and generation. */
export async function readRunsOf(sql: Sql, jobs: readonly JobId[]): Promise<StoredRun[]> {
  const rows = await sql<RunRow>`
    select ${columns} from runs where job = any(${jobs}::uuid[]) order by job, generation`;
  return rows.map(toRun);
}

/** Runs the centre holds, or has been handed: those in one of these states, by id. */
export async function readRunsAt(
  sql: Sql,
  centre: CentreId,
  states: readonly RunState[],
): Promise<StoredRun[]> {
  const rows = await sql<RunRow>`
    select ${columns} from runs
    where centre = ${centre} and state = any(${states}::text[])
      and state in ('leased', 'starting', 'running')
    order by id`;
  return rows.map(toRun);
}

/** Runs leased to a centre that it has not reported on, oldest first; not those to be stopped. */
export async function readRunsToLease(
  sql: Sql,
  { centre, limit, except }: { centre: CentreId; limit: number; except: readonly RunId[] },
): Promise<StoredRun[]> {
  const rows = await sql<RunRow>`
    select ${columns} from runs
    where centre = ${centre} and state = 'leased' and id <> all(${except}::uuid[])
      and not exists (
        select from jobs where jobs.id = runs.job and jobs.cancel_requested_at is not null)
    order by id limit ${limit}`;
  return rows.map(toRun);
}

/** Runs at a centre that have not ended although their jobs' end was asked for, by id. */
export async function readRunsToStop(
  sql: Sql,
  { centre, limit }: { centre: CentreId; limit: number },
): Promise<{ run: RunId; generation: number }[]> {
  return sql<{ run: RunId; generation: number }>`
    select runs.id as run, runs.generation from runs join jobs on jobs.id = runs.job
    where runs.centre = ${centre} and runs.state in ('leased', 'starting', 'running')
      and jobs.cancel_requested_at is not null
    order by runs.id limit ${limit}`;
}

/** What the hub knows of a run that a centre speaks of. */
export interface KnownRun {
  readonly generation: number;
  readonly state: RunState;
}

/** Of these runs, those that were leased to the centre. */
export async function runsAt(
  sql: Sql,
  { centre, runs }: { centre: CentreId; runs: readonly RunId[] },
): Promise<Map<RunId, KnownRun>> {
  if (runs.length === 0) return new Map();
  const rows = await sql<KnownRun & { id: RunId }>`
    select id, generation, state from runs
    where id = any(${runs}::uuid[]) and centre = ${centre}`;
  return new Map(rows.map(({ id, generation, state }) => [id, { generation, state }]));
}

/** What runs hold of each host now. */
export interface HostUse {
  readonly pool: PoolId;
  readonly host: HostId;
  readonly cards: number;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
}

export async function readHostUse(sql: Sql): Promise<HostUse[]> {
  const rows = await sql<{
    pool: string;
    host: string;
    cards: bigint;
    cpu: bigint;
    memory: bigint;
  }>`
    select pool, host, sum(share * cards_per_replica) as cards, sum(share * cpu_per_replica) as cpu,
      sum(share * memory_per_replica) as memory
    from runs cross join lateral unnest(host_ids, host_replicas) as held (host, share)
    where state in ('leased', 'starting', 'running')
    group by pool, host`;
  return rows.map(({ pool, host, cards, cpu, memory }) => ({
    pool: asId(pool),
    host: asId(host),
    cards: Number(cards),
    cpu: milliCores(Number(cpu)),
    memory: mebibytes(Number(memory)),
  }));
}

/** Cards that each tenant holds now. */
export async function readTenantUse(sql: Sql): Promise<Map<TenantId, number>> {
  const rows = await sql<{ tenant: string; cards: bigint }>`
    select tenant, sum(replicas * cards_per_replica) as cards
    from runs join jobs on jobs.id = runs.job
    where runs.state in ('leased', 'starting', 'running')
    group by tenant`;
  return new Map(rows.map(({ tenant, cards }) => [asId<TenantId>(tenant), Number(cards)]));
}

const columns = fragment`id, job, generation, centre, pool, provider, model, emulated, replicas,
  cards_per_replica, cpu_per_replica, memory_per_replica, host_ids, host_replicas, limit_ms,
  rerunnable, prices, decision, fee_rate, state, leased_at, started_at, ended_at, exit_code, signal,
  message, isolation`;

interface RunRow {
  id: string;
  job: string;
  generation: number;
  centre: string;
  pool: string;
  provider: string;
  model: string;
  emulated: boolean;
  replicas: number;
  cards_per_replica: number;
  cpu_per_replica: number;
  memory_per_replica: number;
  host_ids: string[];
  host_replicas: number[];
  limit_ms: bigint;
  rerunnable: boolean;
  prices: Buffer;
  decision: Buffer;
  fee_rate: bigint;
  state: RunState;
  leased_at: Temporal.Instant;
  started_at: Temporal.Instant | null;
  ended_at: Temporal.Instant | null;
  exit_code: number | null;
  signal: string | null;
  message: string;
  isolation: unknown;
}

function toRun(row: RunRow): StoredRun {
  return {
    id: asId(row.id),
    job: asId(row.job),
    generation: row.generation,
    centre: asId(row.centre),
    pool: asId(row.pool),
    provider: asId(row.provider),
    model: asId(row.model),
    emulated: row.emulated,
    replicas: row.replicas,
    cardsPerReplica: row.cards_per_replica,
    cpuPerReplica: milliCores(row.cpu_per_replica),
    memoryPerReplica: mebibytes(row.memory_per_replica),
    hosts: row.host_ids.map((host, i) => ({
      host: asId(host),
      replicas: row.host_replicas[i] ?? 0,
    })),
    limit: durationOf(Number(row.limit_ms)),
    rerunnable: row.rerunnable,
    prices: row.prices,
    decision: row.decision,
    feeRate: rate(row.fee_rate),
    state: row.state,
    leasedAt: row.leased_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    exitCode: row.exit_code,
    signal: row.signal,
    message: row.message,
    isolation: row.isolation,
  };
}
