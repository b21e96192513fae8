-- Meter readings, and the charges made from them. Nothing here is ever changed.

create table readings (
  run uuid not null,
  number bigint not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  cards bigint not null,
  -- Since the run began.
  cpu_ms bigint not null,
  peak_memory_bytes bigint not null,
  final boolean not null,
  received_at timestamptz not null,
  primary key (run, number)
);
create trigger append_only before update or delete or truncate on readings
  for each statement execute function refuse_change();

-- Readings that do not fit those kept: counted nowhere, and kept for whoever asks why.
create table odd_readings (
  id bigint generated always as identity primary key,
  run uuid not null,
  why text not null,
  reading json not null,
  received_at timestamptz not null
);
create index odd_readings_by_run on odd_readings (run);

-- Price schedules that runs were charged by, each once; the id is made of the text.
create table charge_prices (
  id uuid primary key,
  schedule json not null
);

-- One row for each run that ended, charged or not, with all that its charge was made from.
create table charges (
  run uuid primary key,
  job uuid not null,
  hold uuid not null,
  tenant text not null,
  provider text not null,
  pool text not null,
  model text not null,
  emulated boolean not null,
  ended_at timestamptz not null,
  -- When the hub took it in: the `known_at` of its transfers.
  charged_at timestamptz not null,

  prices uuid not null references charge_prices,
  fee_rate bigint not null,
  charged boolean not null,
  share_cash bigint not null,
  share_voucher bigint not null,
  programme text,
  voucher_rate bigint,
  peak bigint,

  card_seconds bigint not null,
  held_ms bigint not null,
  cpu_ms bigint not null,
  peak_memory_bytes bigint not null,
  -- Of any size: no usage at any price overflows it.
  price numeric not null,
  voucher bigint not null,
  cash bigint not null,
  fee bigint not null
);
create index charges_by_tenant on charges (tenant, charged_at, run);
create index charges_by_programme on charges (programme, charged_at, run) where voucher > 0;
create index charges_by_provider on charges (provider, charged_at, run);
create trigger append_only before update or delete or truncate on charges
  for each statement execute function refuse_change();
