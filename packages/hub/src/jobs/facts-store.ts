import { transferKinds } from "@wadi/core/ledger";
import type {
  ChargeFact,
  HoldFact,
  HostFact,
  JobFact,
  PostingFact,
  ReadingFact,
  RunFact,
} from "@wadi/core/job";
import { microYuan, type HoldId, type JobId, type RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/*
 * The region as the laws of jobs look at it: all of it, so not for every minute. To be read in one
 * transaction that sees one moment.
 */

export async function readJobFacts(sql: Sql): Promise<JobFact[]> {
  const rows = await sql<Stored<JobFact>>`
    select id, submission, state, generation, share_cash as cash, share_voucher as voucher,
      charged, cancel_requested_at is not null as "isCancelAsked", blocked_by as "blockedBy",
      coalesce(unmet, 0)::int as unmet, coalesce(ends, 0)::int as "endsTold",
      case
        when why is not null then why
        when state = 'blocked' then 'dependencies'
        when state = 'queued' and waits.shape is not null then 'no-room'
      end as why
    from jobs
    left join (
      select job, count(*) as unmet from job_dependencies join jobs needed on needed.id = needs
      where case kind
        when 'ok' then needed.state <> 'succeeded'
        else needed.state not in ('succeeded', 'failed', 'cancelled')
      end
      group by job) as waiting on waiting.job = jobs.id
    left join (
      select job, count(*) as ends from events
      where kind in ('job.succeeded', 'job.failed', 'job.cancelled') group by job
    ) as told on told.job = jobs.id
    left join (select distinct shape from shape_waits) as waits on waits.shape = jobs.shape`;
  return rows.map((row) => ({
    ...row,
    cash: microYuan(row.cash),
    voucher: microYuan(row.voucher),
    charged: microYuan(row.charged),
  }));
}

export async function readRunFacts(sql: Sql): Promise<RunFact[]> {
  return sql<RunFact>`
    select id, job, generation, state, (extract(epoch from ended_at) * 1000)::float8 as "endedAtMs"
    from runs`;
}

export async function readChargeFacts(sql: Sql): Promise<ChargeFact[]> {
  const rows = await sql<Stored<ChargeFact>>`
    select run, job, cash, voucher, fee, held_ms as "heldMs", share_cash as "shareCash",
      share_voucher as "shareVoucher"
    from charges`;
  return rows.map((row) => ({
    run: row.run,
    job: row.job,
    cash: microYuan(row.cash),
    voucher: microYuan(row.voucher),
    fee: microYuan(row.fee),
    heldMs: Number(row.heldMs),
    shareCash: microYuan(row.shareCash),
    shareVoucher: microYuan(row.shareVoucher),
  }));
}

export async function readReadingFacts(sql: Sql): Promise<ReadingFact[]> {
  return sql<ReadingFact>`
    select run, number::int, (extract(epoch from from_at) * 1000)::float8 as "fromMs",
      (extract(epoch from to_at) * 1000)::float8 as "toMs"
    from readings`;
}

export async function readPostingFacts(sql: Sql): Promise<PostingFact[]> {
  const kinds = ["cash", "fee", "subsidy", "redeem"] as const;
  const numbers: number[] = kinds.map((kind) => transferKinds[kind].number);
  const rows = await sql<{ run: RunId; kind: number; count: number; amount: string }>`
    select run, kind, count(*)::int as count, sum(amount) as amount from transfers
    where kind = any(${numbers}::int[]) and run is not null
    group by run, kind`;
  return rows.map(({ run, kind, count, amount }) => ({
    run,
    count,
    kind: kinds[numbers.indexOf(kind)]!,
    amount: microYuan(BigInt(amount)),
  }));
}

export async function readHoldFacts(sql: Sql): Promise<HoldFact[]> {
  const rows = await sql<{ id: HoldId; path: string; placed: bigint; remaining: bigint }>`
    select holds.id, path, placed, remaining from holds join accounts on accounts.id = account`;
  return rows.map(({ id, path, placed, remaining }) => ({
    submission: id,
    of: path.startsWith("held/") ? "cash" : "voucher",
    placed: microYuan(placed),
    remaining: microYuan(remaining),
  }));
}

export async function readHostFacts(sql: Sql): Promise<HostFact[]> {
  const rows = await sql<{ name: string; cards: number; held: bigint }>`
    with offered as (
      select pool->>'id' as pool, host->>'id' as host, (host->>'cards')::int as cards
      from centres cross join json_array_elements(spec->'pools') as pool
        cross join json_array_elements(pool->'hosts') as host),
    used as (
      select pool, host, sum(held.replicas * cards_per_replica * share) / 1000.0 as held
      from runs cross join lateral unnest(host_ids, host_replicas) as held (host, replicas)
      where state in ('leased', 'starting', 'running')
      group by pool, host)
    select used.pool || ' ' || used.host as name, coalesce(cards, 0) as cards, ceil(held) as held
    from used left join offered on offered.pool = used.pool and offered.host = used.host`;
  return rows.map((row) => ({ ...row, held: Number(row.held) }));
}

/** As a row brings it: amounts and counts are plain bigints. */
type Stored<T> = {
  readonly [K in keyof T]: T[K] extends bigint ? bigint : K extends "heldMs" ? bigint : T[K];
};

/** For whoever looks into one job after a law was broken. */
export async function readJobTrail(sql: Sql, job: JobId): Promise<string[]> {
  const rows = await sql<{ line: string }>`
    select at || ' ' || kind || ' ' || coalesce(run::text, '') || ' ' || facts as line
    from events where job = ${job} order by transaction, id`;
  return rows.map(({ line }) => line);
}
