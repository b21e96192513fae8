-- The agent link, and the files that travel over it.

create table agents (
  id uuid primary key,
  centre text not null,
  -- SHA-256 of the credential
  credential bytea not null unique,
  -- The agent's present journal, and the number of its last entry that was taken.
  journal uuid not null,
  acked bigint not null default 0,
  joined_at timestamptz not null,
  -- Until then another agent of the centre, or what it started, may still be running.
  alone_from timestamptz not null,
  replaced_at timestamptz
) with (fillfactor = 50);
create unique index agents_of_centres on agents (centre) where replaced_at is null;

-- Journals that agents had before: what still comes from one of them is refused.
create table retired_journals (
  journal uuid primary key,
  agent uuid not null references agents,
  acked bigint not null,
  retired_at timestamptz not null
);

-- Entries that could be taken in no way, each with why.
create table link_oddities (
  journal uuid not null,
  seq bigint not null,
  centre text not null,
  why text not null,
  entry json not null,
  taken_at timestamptz not null,
  primary key (journal, seq)
);
create index link_oddities_by_centre on link_oddities (centre, taken_at);

-- Which uploads a centre may read: those of the runs it was handed and has not ended.
create table run_inputs (
  run uuid not null,
  sha256 text not null,
  centre text not null,
  primary key (run, sha256)
);
create index run_inputs_by_file on run_inputs (centre, sha256);

-- Content is stored in pieces of 1 MiB as it arrives, and becomes a file when it is whole and its
-- hash is what its sender said.
create table file_bodies (
  id uuid primary key,
  begun_at timestamptz not null
);
create index file_bodies_by_age on file_bodies (begun_at);

create table file_pieces (
  body uuid not null references file_bodies on delete cascade,
  number int not null,
  data bytea not null,
  primary key (body, number)
);
alter table file_pieces alter column data set storage external; -- mostly packed already

create table files (
  sha256 text primary key,
  body uuid not null references file_bodies,
  bytes bigint not null,
  stored_at timestamptz not null
);
create index files_by_body on files (body);

-- Who has shown to have a file: knowing its hash is not enough to use it.
create table file_owners (
  owner text not null,
  sha256 text not null references files,
  since timestamptz not null,
  primary key (owner, sha256)
);
