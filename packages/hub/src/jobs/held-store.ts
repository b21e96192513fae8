import type { HostShare, Need } from "@wadi/core/dispatch";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  type CardModelId,
  type CentreId,
  type Duration,
  type JobId,
  type PoolId,
  type RunId,
  type TenantId,
} from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { checkpointOf, type CheckpointColumns, type KeptCheckpoint } from "./kept-checkpoint.ts";
import { hostSharesOf } from "./run-store.ts";

/** Of a run that holds cards what may change while it does. */
export interface OpenRun {
  readonly id: RunId;
  readonly startedMs: number | null;
  /** A round asked for its end. */
  readonly preempted: boolean;
  /** When it last wrote a checkpoint, as far as its centre told. */
  readonly checkpointedMs: number | null;
}

/**
 * All runs that hold cards. One text for all of them: there may be many thousands, and each round
 * asks.
 */
export async function readOpenRuns(sql: Sql): Promise<OpenRun[]> {
  const [row] = await sql<{ lines: string | null }>`
    select string_agg(
      id || ' ' || coalesce((extract(epoch from started_at) * 1000)::bigint::text, '') || ' ' ||
        case when preempted_at is null then '' else 'p' end || ' ' ||
        coalesce((extract(epoch from checkpointed_at) * 1000)::bigint::text, ''),
      E'\n') as lines
    from runs where state in ('leased', 'starting', 'running')`;
  if (!row?.lines) return [];
  return row.lines.split("\n").map((line) => {
    const [id, started, preempted, checkpointed] = line.split(" ");
    return {
      id: asId<RunId>(id!),
      startedMs: started ? Number(started) : null,
      preempted: preempted === "p",
      checkpointedMs: checkpointed ? Number(checkpointed) : null,
    };
  });
}

/** Jobs whose end the tenant asked for while a run of them holds cards. */
export async function readCancelling(sql: Sql): Promise<Set<JobId>> {
  const rows = await sql<{ id: JobId }>`
    select id from jobs where cancel_requested_at is not null and state in ('placed', 'running')`;
  return new Set(rows.map(({ id }) => id));
}

/** Of a run that holds cards what stays as long as it does. */
export interface HeldRun {
  readonly id: RunId;
  readonly job: JobId;
  readonly tenant: TenantId;
  /** What its shape is made of. */
  readonly spec: Buffer;
  readonly charged: bigint;
  readonly ruledOut: readonly PoolId[];
  readonly checkpoint: KeptCheckpoint | null;
  readonly pool: PoolId;
  readonly model: CardModelId;
  readonly need: Need;
  readonly hosts: readonly HostShare[];
  readonly leasedMs: number;
  readonly startsIn: Duration;
  readonly expected: Duration | null;
  readonly limit: Duration;
}

export async function readHeldRuns(sql: Sql, ids: readonly RunId[]): Promise<HeldRun[]> {
  if (ids.length === 0) return [];
  const rows = await sql<HeldRow>`
    select runs.id, job, tenant, spec, charged, ruled_out, checkpoint_centre, checkpoint_place,
      jobs.checkpoint_bytes, pool, model, cards_per_replica,
      cpu_per_replica, memory_per_replica, share, host_ids, host_replicas, host_cards, leased_at,
      starts_in_ms, expected_ms, limit_ms
    from runs join jobs on jobs.id = runs.job where runs.id = any(${ids}::uuid[])`;
  return rows.map((row) => ({
    id: asId(row.id),
    job: asId(row.job),
    tenant: asId(row.tenant),
    spec: row.spec,
    charged: row.charged,
    ruledOut: row.ruled_out.map((id) => asId(id)),
    checkpoint: checkpointOf(row),
    pool: asId(row.pool),
    model: asId(row.model),
    need: {
      cards: row.cards_per_replica,
      share: row.share,
      cpu: milliCores(row.cpu_per_replica),
      memory: mebibytes(row.memory_per_replica),
    },
    hosts: hostSharesOf(row),
    leasedMs: row.leased_at.epochMilliseconds,
    startsIn: durationOf(Number(row.starts_in_ms)),
    expected: row.expected_ms === null ? null : durationOf(Number(row.expected_ms)),
    limit: durationOf(Number(row.limit_ms)),
  }));
}

/** Cards that runs hold in each pool now, parts of cards added up and rounded up. */
export async function cardsInUse(sql: Sql): Promise<Map<PoolId, number>> {
  const rows = await sql<{ pool: PoolId; cards: number }>`
    select pool, ceil(sum(replicas::bigint * cards_per_replica * share) / 1000.0)::int as cards
    from runs where state in ('leased', 'starting', 'running') group by pool`;
  return new Map(rows.map(({ pool, cards }) => [pool, cards]));
}

/** Leases of a centre that it has not acknowledged. */
export interface UnacknowledgedLeases {
  readonly runs: number;
  /** When the oldest of them was given. */
  readonly oldestMs: number;
}

export async function readUnacknowledged(sql: Sql): Promise<Map<CentreId, UnacknowledgedLeases>> {
  const rows = await sql<UnacknowledgedLeases & { centre: CentreId }>`
    select centre, count(*)::int as runs,
      (extract(epoch from min(leased_at)) * 1000)::float8 as "oldestMs"
    from runs where state = 'leased' group by centre`;
  return new Map(rows.map(({ centre, ...one }) => [centre, one]));
}

interface HeldRow extends CheckpointColumns {
  id: string;
  job: string;
  tenant: string;
  spec: Buffer;
  charged: bigint;
  ruled_out: string[];
  pool: string;
  model: string;
  cards_per_replica: number;
  cpu_per_replica: number;
  memory_per_replica: number;
  share: number;
  host_ids: string[];
  host_replicas: number[];
  host_cards: number[] | null;
  leased_at: Temporal.Instant;
  starts_in_ms: bigint;
  expected_ms: bigint | null;
  limit_ms: bigint;
}
