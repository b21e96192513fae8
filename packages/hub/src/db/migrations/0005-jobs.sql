-- Jobs, their runs, what happened to them and what they wrote.

-- JSON kept once under its own SHA-256: specs, price schedules and decisions, which a thousand
-- jobs alike share.
create table documents (
  hash bytea primary key,
  body json not null
);

create table jobs (
  id uuid primary key,
  -- The hold that pays for it; all jobs of an array share one.
  submission uuid not null,
  array_index int,
  array_parallel int,
  tenant text not null,
  name text not null,
  spec bytea not null references documents,
  -- Hash of all that dispatch looks at; jobs alike have the same. An array with a bound on how many
  -- may run is a group of its own.
  shape uuid not null,
  -- Place in core's `priorities`: 0 is the highest class.
  priority smallint not null,
  -- False: a run of it is never started elsewhere while its centre cannot be reached.
  rerunnable boolean not null,
  state text not null,
  why text,
  submitted_at timestamptz not null,
  submitted_by uuid,
  ended_at timestamptz,
  -- Number of leases given so far; reports under an older one change nothing.
  generation int not null default 0,
  failures int not null default 0,
  -- This job's part of its submission's hold, in micro-yuan.
  share_cash bigint not null check (share_cash >= 0),
  share_voucher bigint not null check (share_voucher >= 0),
  programme text,
  voucher_rate bigint,
  charged bigint not null default 0,
  cancel_requested_at timestamptz,
  -- Dependencies still to be met, while blocked.
  blocked_by int not null default 0,
  centre text
) with (fillfactor = 80);

-- The queue, grouped by shape and tenant: a round reads the heads of each group without touching
-- the rest, and a tenant at its quota does not stand in the way of the others.
create index jobs_queue on jobs (priority, shape, tenant, submitted_at, id) where state = 'queued';
create index jobs_by_tenant on jobs (tenant, id);
create index jobs_of_array on jobs (submission, array_index) where array_index is not null;

create table job_dependencies (
  job uuid not null references jobs,
  needs uuid not null references jobs,
  -- 'ok': must have succeeded; 'any': must have ended
  kind text not null,
  primary key (job, needs, kind)
);
create index job_dependents on job_dependencies (needs);

create table runs (
  id uuid primary key,
  job uuid not null references jobs,
  generation int not null,
  centre text not null,
  pool text not null,
  provider text not null,
  model text not null,
  emulated boolean not null,
  replicas int not null,
  cards_per_replica int not null,
  cpu_per_replica int not null,
  memory_per_replica int not null,
  host_ids text[] not null,
  host_replicas int[] not null,
  limit_ms bigint not null,
  rerunnable boolean not null,
  prices bytea not null references documents,
  decision bytea not null references documents,
  fee_rate bigint not null,
  state text not null,
  leased_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  exit_code int,
  signal text,
  message text not null default '',
  isolation json,
  unique (job, generation)
) with (fillfactor = 80);
create index runs_held on runs (centre, state)
  where state in ('leased', 'starting', 'running');

create table events (
  -- Streams resume by (transaction, id): ids alone are not handed out in the order of commits.
  transaction xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  job uuid not null,
  run uuid,
  tenant text not null,
  at timestamptz not null,
  kind text not null,
  facts json not null,
  primary key (transaction, id)
);
create index events_by_job on events (job, transaction, id);
create index events_by_tenant on events (tenant, transaction, id);

create table log_pieces (
  run uuid not null references runs,
  replica int not null,
  stream text not null,
  starts_at bigint not null,
  data bytea not null,
  primary key (run, replica, stream, starts_at)
);

create table outputs (
  run uuid not null references runs,
  path text not null,
  job uuid not null,
  sha256 text not null,
  bytes bigint not null,
  primary key (run, path)
);
create index outputs_by_job on outputs (job);

-- Why the jobs of a shape find no room: a row whenever that changes.
create table shape_waits (
  shape uuid not null,
  at timestamptz not null,
  candidates bytea not null references documents,
  primary key (shape, at)
);
