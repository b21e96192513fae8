-- Centres, their pools and agents' presence, and the links between places.

create table centres (
  id text primary key,
  provider text not null,
  -- protocol's `centreSpec`, as it travels
  spec json not null,
  changed_at timestamptz not null
);
create index centres_by_provider on centres (provider);

-- A pool's id stays its centre's for ever: statements name pools that are long gone.
create table pools (
  id text primary key,
  centre text not null references centres
);

-- Changes with every sync, so it is kept apart from what seldom changes.
create table centre_presence (
  centre text primary key references centres,
  mode text not null default 'open' check (mode in ('open', 'draining', 'left')),
  -- Null until the first agent has joined.
  joined_at timestamptz,
  heard_at timestamptz
) with (fillfactor = 50);

-- What the agent says it has.
create table centre_inventories (
  centre text primary key references centres,
  inventory json not null,
  reported_at timestamptz not null
);

create table place_links (
  from_place text not null,
  to_place text not null,
  megabits_per_second int not null check (megabits_per_second > 0),
  -- micro-yuan for 10^9 bytes
  per_gb bigint not null check (per_gb >= 0),
  primary key (from_place, to_place)
);

-- Grows with every change of a centre's description or of a link: hubs keep the region in memory
-- and read it again only when this has changed.
create table region_version (
  version bigint not null,
  only_row boolean not null default true unique check (only_row)
);
insert into region_version (version) values (1);

create table join_tokens (
  hash bytea primary key,
  centre text not null references centres,
  made_at timestamptz not null,
  made_by uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- The journal of the agent that used it: the same one may ask again when the answer was lost.
  used_by uuid
);
create index join_tokens_by_centre on join_tokens (centre);
