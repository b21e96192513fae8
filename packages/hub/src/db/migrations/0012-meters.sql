-- Meter readings of all measures, readings that came late, and price lists.

-- Readings of a run that correct one before (revision above 0), and readings that came when the
-- run was charged. The charge itself counts those with correction 0; the others count from the
-- correction of that number on.
create table later_readings (
  run uuid not null,
  number bigint not null,
  revision int not null check (revision >= 0),
  from_at timestamptz not null,
  to_at timestamptz not null,
  cards bigint not null,
  cpu_ms bigint not null,
  peak_memory_bytes bigint not null,
  final boolean not null,
  received_at timestamptz not null,
  correction int not null check (correction >= 0),
  primary key (run, number, revision)
);
create trigger append_only before update or delete or truncate on later_readings
  for each statement execute function refuse_change();

-- A charge as it stands from its nth correction on.
create table charge_corrections (
  run uuid not null,
  correction int not null check (correction >= 1),
  corrected_at timestamptz not null,
  tenant text not null,
  provider text not null,
  card_seconds bigint not null,
  held_ms bigint not null,
  price numeric not null,
  voucher bigint not null,
  cash bigint not null,
  fee bigint not null,
  primary key (run, correction)
);
create index charge_corrections_by_time on charge_corrections (corrected_at);
create trigger append_only before update or delete or truncate on charge_corrections
  for each statement execute function refuse_change();

-- A meter: what is read off at one thing for one tenant by one source. `last_number`, `last_to` and
-- `kept` say where its readings stand, so that one that follows on is judged without a look at any
-- other; they are changed with every batch, so rows have room to be changed in place.
create table meters (
  id int generated always as identity primary key,
  -- Whose credential sends for it: "centre/<id>", "provider/<id>" or "operator".
  signer text collate "C" not null,
  source text collate "C" not null,
  tenant text not null,
  resource text collate "C" not null,
  -- Numbers of core's `measures` and `bases`.
  measure smallint not null,
  basis smallint not null,
  attributes jsonb not null,
  made_at timestamptz not null,
  last_number bigint not null default 0,
  last_to timestamptz not null default to_timestamp(0),
  -- How many numbers were kept; fewer than `last_number`: some are missing.
  kept bigint not null default 0,
  unique (signer, source, tenant, resource, measure, basis, attributes)
) with (fillfactor = 50);
create index meters_by_tenant on meters (tenant);
create index meters_by_resource on meters (resource);
create index meters_with_gaps on meters (id) where kept < last_number;

-- There will be very many rows, and none is ever removed: the key is what tells a repeat, for ever.
-- It grows at the end of each meter's own range, so that writers touch one page of it for each
-- meter that is in use, whatever the size of the whole; a key of random ids would touch a page for
-- each row. A partition by time could not hold such a key, so there is none. Rows come nearly in
-- order of time, so that a summary of pages does for the readings of a time.
create table meter_readings (
  from_at timestamptz not null,
  to_at timestamptz not null,
  quantity bigint not null check (quantity >= 0),
  received_at timestamptz not null,
  number bigint not null,
  meter int not null,
  revision smallint not null,
  primary key (meter, number, revision)
) with (autovacuum_vacuum_insert_scale_factor = 0.02);
create index meter_readings_by_time on meter_readings using brin (from_at)
  with (pages_per_range = 64);
create trigger append_only before update or delete or truncate on meter_readings
  for each statement execute function refuse_change();

-- What fits no meter's readings: counted nowhere, and kept for whoever asks why.
create table odd_meter_readings (
  id bigint generated always as identity primary key,
  signer text not null,
  why text not null,
  -- The meter and the reading as they were sent.
  reading json not null,
  received_at timestamptz not null
);
create trigger append_only before update or delete or truncate on odd_meter_readings
  for each statement execute function refuse_change();

-- Every revision of every price list; the last one holds.
create table price_lists (
  id text not null,
  revision int not null check (revision >= 1),
  -- protocol's `priceListSpec`, as it travels
  document json not null,
  made_at timestamptz not null,
  made_by uuid not null,
  primary key (id, revision)
);
create trigger append_only before update or delete or truncate on price_lists
  for each statement execute function refuse_change();

-- What was agreed with tenants, every revision of it.
create table price_agreements (
  tenant text not null,
  revision int not null check (revision >= 1),
  -- protocol's `agreementDocument`, as it travels
  document json not null,
  made_at timestamptz not null,
  made_by uuid not null,
  primary key (tenant, revision)
);
create trigger append_only before update or delete or truncate on price_agreements
  for each statement execute function refuse_change();

-- A tenant's month as it was billed by its agreement. Billed again after late readings, it is
-- another row; what was posted is the difference to the row before.
create table billed_months (
  tenant text not null,
  -- "2026-06"
  month text not null,
  number int not null check (number >= 1),
  billed_at timestamptz not null,
  list text not null,
  list_revision int not null,
  agreement_revision int not null,
  total bigint not null check (total >= 0),
  -- By runs, before any adjustment.
  charged bigint not null check (charged >= 0),
  -- All adjustments of the month so far: cash, and of each run's voucher by its id.
  cash bigint not null,
  backs json not null,
  lines json not null,
  primary key (tenant, month, number)
);
create trigger append_only before update or delete or truncate on billed_months
  for each statement execute function refuse_change();
