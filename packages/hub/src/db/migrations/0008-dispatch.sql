-- Dispatch for a province: its policy, what it remembers of runs, and the starts it has promised.

-- Every version is kept; the last one holds. Without any, core's `defaultPolicy` does.
create table policies (
  version int primary key,
  -- protocol's `policySpec`, as it travels
  policy json not null,
  made_at timestamptz not null,
  made_by uuid not null
);
create trigger policies_are_kept before update or delete on policies
  for each row execute function refuse_change();
create trigger policies_are_not_emptied before truncate on policies
  for each statement execute function refuse_change();

-- Pools that refused a run of it for good; the next round leaves them out.
alter table jobs add column ruled_out text[] not null default '{}';
-- Runs of it that centres refused.
alter table jobs add column refusals int not null default 0;
-- Runs of it that rounds stopped for others: none of them counts as a failure.
alter table jobs add column preemptions int not null default 0;

-- Hash of what decides how long it runs; null on runs from before.
alter table runs add column family uuid;
-- Of each card, in thousandths.
alter table runs add column share int not null default 1000;
-- Beside `host_ids`: which card of the host, where a replica has a part of one.
alter table runs add column host_cards int[];
-- From the lease until its data is there, and what it is expected to take from then on.
alter table runs add column starts_in_ms bigint not null default 0;
alter table runs add column expected_ms bigint;
-- When a round asked for its end, and for which job.
alter table runs add column preempted_at timestamptz;
alter table runs add column preempted_for uuid;

-- Of each card, in thousandths, as the run had it.
alter table charges add column card_share int not null default 1000;

-- The last runs of a family on a card model, from which run times are learnt.
create index runs_learnt on runs (family, model, ended_at)
  where state = 'succeeded' and family is not null;
create index runs_preempted on runs (preempted_at) where preempted_at is not null;
-- Rows stand in the order of time, so that so small an index does.
create index runs_by_lease on runs using brin (leased_at) with (pages_per_range = 32);
create index charges_by_time on charges using brin (charged_at) with (pages_per_range = 32);

-- Starts that the last round promised to jobs that wait: not later than this.
create table job_bookings (
  job uuid primary key,
  pool text not null,
  start_at timestamptz not null
) with (fillfactor = 70);

-- When the jobs of one shape and tenant are expected to start, by their place in the queue.
create table group_starts (
  shape uuid not null,
  tenant text not null,
  -- [{ place, p50, p90 }], places from 0 growing, times in milliseconds since 1970
  curve json not null,
  said_at timestamptz not null,
  primary key (shape, tenant)
) with (fillfactor = 70);

-- What each tenant used in each hour, added up from charges; for fairness, not for money.
create table tenant_usage (
  tenant text not null,
  -- When the hour began.
  hour timestamptz not null,
  card_seconds bigint not null,
  primary key (hour, tenant)
);
-- Up to when charges are added up in it.
create table tenant_usage_until (
  until timestamptz not null,
  only_row boolean not null default true unique check (only_row)
);
insert into tenant_usage_until (until) values ('epoch');

-- Few at any time: jobs whose tenants asked for their end, while a run of theirs goes on.
create index jobs_cancelling on jobs (id)
  where cancel_requested_at is not null and state in ('placed', 'running');
