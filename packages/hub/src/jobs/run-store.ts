import type { HostShare } from "@wadi/core/dispatch";
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
  /** Of each card, in thousandths; below 1000 each replica has a part of one card. */
  readonly share: number;
  readonly hosts: readonly HostShare[];
  /** What decides how long it runs, as a hash; null of runs from before that was kept. */
  readonly family: string | null;
  /** From the lease until its data is there. */
  readonly startsIn: Duration;
  /** What it is expected to take from then on; null of runs from before that was kept. */
  readonly expected: Duration | null;
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
  /** When a round asked for its end, to make room for another job. */
  readonly preemptedAt: Temporal.Instant | null;
  readonly preemptedFor: JobId | null;
  /** When it last wrote to its checkpoint, as far as its centre told; else null. */
  readonly checkpointedAt: Temporal.Instant | null;
  readonly checkpointBytes: bigint | null;
  /** Indices of its cards at the centre, as that has told; null until then. */
  readonly slots: readonly number[] | null;
}

export async function insertRuns(sql: Sql, runs: readonly StoredRun[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`
    insert into runs (id, job, generation, centre, pool, provider, model, emulated, replicas,
      cards_per_replica, cpu_per_replica, memory_per_replica, share, host_ids, host_replicas,
      host_cards, family, starts_in_ms, expected_ms, limit_ms, rerunnable, prices, decision,
      fee_rate, state, leased_at)
    select id, job, generation, centre, pool, provider, model, emulated, replicas, cards, cpu,
      memory, share, string_to_array(host_ids, ' '), string_to_array(host_replicas, ' ')::int[],
      string_to_array(host_cards, ' ')::int[], family, starts_in_ms, expected_ms, limit_ms,
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
      ${runs.map((run) => run.share)}::int[],
      ${runs.map((run) => run.hosts.map(({ host }) => host).join(" "))}::text[],
      ${runs.map((run) => run.hosts.map(({ replicas }) => replicas).join(" "))}::text[],
      ${runs.map(cardsText)}::text[],
      ${runs.map((run) => run.family)}::uuid[],
      ${runs.map((run) => Math.round(run.startsIn))}::bigint[],
      ${runs.map((run) => (run.expected === null ? null : Math.round(run.expected)))}::bigint[],
      ${runs.map((run) => Math.round(run.limit))}::bigint[],
      ${runs.map((run) => run.rerunnable)}::boolean[],
      ${runs.map((run) => run.prices)}::bytea[],
      ${runs.map((run) => run.decision)}::bytea[],
      ${runs.map((run) => run.feeRate)}::bigint[],
      ${runs.map((run) => run.state)}::text[],
      ${runs.map((run) => run.leasedAt)}::timestamptz[]
    ) as one (id, job, generation, centre, pool, provider, model, emulated, replicas, cards, cpu,
      memory, share, host_ids, host_replicas, host_cards, family, starts_in_ms, expected_ms,
      limit_ms, rerunnable, prices, decision, fee_rate, state, leased_at)`;
}

/** Which card each share is on; null where whole cards are held. */
const cardsText = ({ share, hosts }: StoredRun) =>
  share < 1000 ? hosts.map(({ card }) => card ?? 0).join(" ") : null;

/** Saves what may change in a run; its job is locked by the caller. */
export async function updateRuns(sql: Sql, runs: readonly StoredRun[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`
    update runs set state = now.state, started_at = now.started_at, ended_at = now.ended_at,
      exit_code = now.exit_code, signal = now.signal, message = now.message,
      isolation = now.isolation, preempted_at = now.preempted_at,
      preempted_for = now.preempted_for, checkpointed_at = now.checkpointed_at,
      checkpoint_bytes = now.checkpoint_bytes, slots = string_to_array(now.slots, ' ')::int[]
    from unnest(
      ${runs.map((run) => run.id)}::uuid[],
      ${runs.map((run) => run.state)}::text[],
      ${runs.map((run) => run.startedAt)}::timestamptz[],
      ${runs.map((run) => run.endedAt)}::timestamptz[],
      ${runs.map((run) => run.exitCode)}::int[],
      ${runs.map((run) => run.signal)}::text[],
      ${runs.map((run) => run.message)}::text[],
      ${runs.map((run) => (run.isolation === null ? null : json(run.isolation)))}::json[],
      ${runs.map((run) => run.preemptedAt)}::timestamptz[],
      ${runs.map((run) => run.preemptedFor)}::uuid[],
      ${runs.map((run) => run.checkpointedAt)}::timestamptz[],
      ${runs.map((run) => run.checkpointBytes)}::bigint[],
      ${runs.map(({ slots }) => slots && slots.join(" "))}::text[]
    ) as now (id, state, started_at, ended_at, exit_code, signal, message, isolation,
      preempted_at, preempted_for, checkpointed_at, checkpoint_bytes, slots)
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
    where centre = ${centre} and state = 'leased' and preempted_at is null
      and id <> all(${except}::uuid[])
      and not exists (
        select from jobs where jobs.id = runs.job and jobs.cancel_requested_at is not null)
    order by id limit ${limit}`;
  return rows.map(toRun);
}

/** Runs at a centre that have not ended although their end was asked for, by id. */
export async function readRunsToStop(
  sql: Sql,
  { centre, limit }: { centre: CentreId; limit: number },
): Promise<{ run: RunId; generation: number; why: "cancelled" | "preempted" }[]> {
  return sql`
    select runs.id as run, runs.generation,
      case when jobs.cancel_requested_at is null then 'preempted' else 'cancelled' end as why
    from runs join jobs on jobs.id = runs.job
    where runs.centre = ${centre} and runs.state in ('leased', 'starting', 'running')
      and (jobs.cancel_requested_at is not null or runs.preempted_at is not null)
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

const columns = fragment`id, job, generation, centre, pool, provider, model, emulated, replicas,
  cards_per_replica, cpu_per_replica, memory_per_replica, share, host_ids, host_replicas,
  host_cards, family, starts_in_ms, expected_ms, limit_ms, rerunnable, prices, decision, fee_rate,
  state, leased_at, started_at, ended_at, exit_code, signal, message, isolation, preempted_at,
  preempted_for, checkpointed_at, checkpoint_bytes, slots`;

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
  share: number;
  host_ids: string[];
  host_replicas: number[];
  host_cards: number[] | null;
  family: string | null;
  starts_in_ms: bigint;
  expected_ms: bigint | null;
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
  preempted_at: Temporal.Instant | null;
  preempted_for: string | null;
  checkpointed_at: Temporal.Instant | null;
  checkpoint_bytes: bigint | null;
  slots: number[] | null;
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
    share: row.share,
    hosts: hostSharesOf(row),
    family: row.family,
    startsIn: durationOf(Number(row.starts_in_ms)),
    expected: row.expected_ms === null ? null : durationOf(Number(row.expected_ms)),
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
    preemptedAt: row.preempted_at,
    preemptedFor: row.preempted_for === null ? null : asId(row.preempted_for),
    checkpointedAt: row.checkpointed_at,
    checkpointBytes: row.checkpoint_bytes,
    slots: row.slots,
  };
}

/** Which host runs how many replicas, as the columns of a row have it. */
export function hostSharesOf(
  row: Pick<RunRow, "host_ids" | "host_replicas" | "host_cards">,
): HostShare[] {
  return row.host_ids.map((id, i) => {
    const share = { host: asId<HostId>(id), replicas: row.host_replicas[i] ?? 0 };
    const card = row.host_cards?.[i];
    return card === undefined ? share : { ...share, card };
  });
}
