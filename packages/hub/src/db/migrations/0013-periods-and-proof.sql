-- Closed periods, signatures and anchors.

-- What people caused and not runs; kinds from 14 on all are of that sort.
drop index transfers_by_hand;
create index transfers_by_hand on transfers (seq)
  where kind in (1, 2, 8, 9, 13) or kind >= 14;

-- Months that are closed, in their order: nothing is posted any more as having happened in them.
create table closed_periods (
  month text primary key,
  -- The first instant that is not in it.
  until timestamptz not null unique,
  -- The journal's last line when it was closed.
  seq bigint not null,
  hash bytea not null,
  closed_at timestamptz not null,
  -- Of the key that closed it.
  closed_by text not null
);
create trigger append_only before update or delete or truncate on closed_periods
  for each statement execute function refuse_change();
-- Read with the head by whoever posts: up to here all is closed.
alter table journal_head add column closed_until timestamptz not null default to_timestamp(0);

-- Transfers that somebody wants undone by a further one; a second person decides.
create table corrections (
  id uuid primary key,
  -- The transfer that is undone; at most once.
  transfer uuid not null,
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  -- The transfer that undoes it; null while nobody has decided, and where it was turned down.
  posted uuid,
  check ((decided_by is null) = (decided_at is null))
);
create unique index corrections_of_transfers on corrections (transfer)
  where decided_by is null or posted is not null;
create index corrections_by_time on corrections (asked_at, id);

-- Where the journal stood at the end of a day: what an auditor writes down elsewhere. See
-- core/proof.
create table anchors (
  day text primary key,
  -- The first instant that it does not cover.
  until timestamptz not null unique,
  seq bigint not null,
  hash bytea not null,
  -- Merkle root over the lines since the anchor before, and over all anchors with this one.
  lines bytea not null,
  root bytea not null,
  made_at timestamptz not null
);
create trigger append_only before update or delete or truncate on anchors
  for each statement execute function refuse_change();

-- What agents sign their readings with: an Ed25519 public key, raw. Null: it signs none.
alter table agents add column signing_key bytea;

-- Readings as they came, batch by batch, each signed as a whole.
create table reading_batches (
  id uuid primary key,
  centre text not null,
  signing_key bytea not null,
  signature bytea not null,
  -- The hash of each reading, 32 bytes each, in the order they came.
  leaves bytea not null,
  received_at timestamptz not null
);
alter table reading_batches alter column leaves set storage external; -- hashes do not pack
create trigger append_only before update or delete or truncate on reading_batches
  for each statement execute function refuse_change();
create table signed_readings (
  run uuid not null,
  number bigint not null,
  revision bigint not null default 0,
  batch uuid not null,
  place int not null,
  primary key (run, number, revision)
);
create trigger append_only before update or delete or truncate on signed_readings
  for each statement execute function refuse_change();
