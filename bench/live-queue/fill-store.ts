import type { OpenDatabase } from "@wadi/hub";

import { centreId, centreText, hostId, modelOf, poolId, province, storedSpec } from "./province.ts";

type Db = Pick<OpenDatabase, "sql">;

/** Centres that are up, tenants, and a run of eight cards on each host. */
export async function fillProvince({ sql }: Db): Promise<void> {
  const indexes = Array.from({ length: province.centres }, (_, i) => i);
  await sql`insert into providers values ('bench', 'Bench', now())`;
  await sql`
    insert into tenants (id, name, created_at)
    select 'tenant-' || i, 'Tenant ' || i, now()
    from generate_series(0, ${province.tenants - 1}) i`;
  await sql`
    insert into centres (id, provider, spec, changed_at)
    select id, 'bench', spec::json, now()
    from unnest(
      ${indexes.map(centreId)}::text[], ${indexes.map(centreText)}::text[]) as c (id, spec)`;
  await sql`
    insert into pools (id, centre)
    select * from unnest(${indexes.map(poolId)}::text[], ${indexes.map(centreId)}::text[])`;
  await sql`
    insert into centre_presence (centre, mode, joined_at, heard_at)
    select id, 'open', now(), now() + interval '1 hour' from centres`;
  await sql`update region_version set version = version + 1`;
  await fillSpecs({ sql });
  for (const pool of indexes) await fillRuns({ sql }, pool);
}

async function fillSpecs({ sql }: Db): Promise<void> {
  const specs = Array.from({ length: province.shapes }, (_, i) => storedSpec(i));
  await sql`
    insert into documents (hash, body)
    select hash, body::json from unnest(
      ${specs.map(({ hash }) => hash)}::bytea[], ${specs.map(({ text }) => text)}::text[]
    ) as d (hash, body)`;
}

/** They began within the last hours and end within the next ones. */
async function fillRuns({ sql }: Db, pool: number): Promise<void> {
  const spec = storedSpec(3 * 4 + 3);
  const hosts = Array.from({ length: province.hostsPerPool }, (_, host) => hostId(pool, host));
  await sql`
    with host as (
      select id, n, gen_random_uuid() as job from unnest(${hosts}::text[]) with ordinality h (id, n)
    ), made as (
      insert into jobs (id, submission, tenant, name, spec, shape, priority, rerunnable, state,
        submitted_at, share_cash, share_voucher, generation, centre)
      select job, job, 'tenant-' || (n * 31 % ${province.tenants}), 'runs', ${spec.hash}::bytea,
        ${spec.shape}::uuid, 2, true, 'running', now() - interval '5 hours', 0, 0, 1,
        ${centreId(pool)}
      from host returning id)
    insert into runs (id, job, generation, centre, pool, provider, model, emulated, replicas,
      cards_per_replica, cpu_per_replica, memory_per_replica, host_ids, host_replicas, limit_ms,
      expected_ms, rerunnable, prices, decision, fee_rate, state, leased_at, started_at)
    select gen_random_uuid(), job, 1, ${centreId(pool)}, ${poolId(pool)}, 'bench',
      ${modelOf(pool)}, true, 1, 8, 4000, 16384, array[id], array[1], 18000000,
      3600000 + n::bigint * 7919 % 10800000, true, ${spec.hash}::bytea, ${spec.hash}::bytea,
      30000, 'running', now() - interval '1 hour', now() - interval '1 hour'
    from host`;
}

/** So many jobs more that wait, alike in turn, of each tenant in turn. */
export async function fillQueue({ sql }: Db, from: number, jobs: number): Promise<void> {
  const specs = Array.from({ length: province.shapes }, (_, i) => storedSpec(i));
  await sql`
    insert into jobs (id, submission, tenant, name, spec, shape, priority, rerunnable, state,
      submitted_at, share_cash, share_voucher)
    select id, id, 'tenant-' || (i * 13 % ${province.tenants}), 'waits', hash, shape, 2, true,
      'queued', now() - interval '3 hours' + i::float8 * interval '1 millisecond', 0, 0
    from (
      select i, gen_random_uuid() as id
      from generate_series(${from}::int, ${from + jobs - 1}::int) i
    ) as one
    join unnest(
      ${specs.map(({ hash }) => hash)}::bytea[], ${specs.map(({ shape }) => shape)}::uuid[]
    ) with ordinality as kind (hash, shape, n)
      on n = 1 + (i / ${province.tenants} % 10 * 7 + i)
        % ${province.shapes}`;
}

export async function analyse({ sql }: Db): Promise<void> {
  await sql`analyze`;
}

/** Groups of jobs alike of one tenant. */
export async function countGroups({ sql }: Db): Promise<number> {
  const [row] = await sql<{ groups: number }>`
    select count(*)::int as groups
    from (select from jobs where state = 'queued' group by shape, tenant) as one`;
  return row!.groups;
}
