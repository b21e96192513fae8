-- Settlement: what providers are due, months and their close, payouts, disputes, districts.
-- What people or centres say is only ever added to; what is worked out of it may be made anew.

-- What a provider is settled by; every version is kept.
create table provider_terms (
  provider text not null,
  version int not null,
  -- Holds for months from this one on: "2026-11".
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  terms json not null,
  made_at timestamptz not null,
  made_by uuid not null,
  primary key (provider, version)
);
create trigger append_only before update or delete or truncate on provider_terms
  for each statement execute function refuse_change();

-- How a tenant's cost is split over its projects; every version is kept.
create table tenant_projects (
  tenant text not null,
  version int not null,
  -- [{"project": "vision", "weight": "3"}], in order: the last absorbs the remainder.
  projects json not null,
  made_at timestamptz not null,
  made_by uuid not null,
  primary key (tenant, version)
);
create trigger append_only before update or delete or truncate on tenant_projects
  for each statement execute function refuse_change();

-- What a provider's own invoice says, for the three-way match; every version is kept.
create table provider_invoices (
  provider text not null,
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  version int not null,
  number text not null,
  -- [{"model": "a100-80g", "cardSeconds": "3600", "amount": "12.50"}]
  lines json not null,
  made_at timestamptz not null,
  made_by uuid not null,
  primary key (provider, month, version)
);
create trigger append_only before update or delete or truncate on provider_invoices
  for each statement execute function refuse_change();

-- One row for each month, and one more each time it was taken back and opened anew.
create table settlements (
  id uuid primary key,
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  revision int not null,
  time_zone text not null,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  state text not null,
  last_at timestamptz not null,
  last_by uuid not null,
  -- Of the charges when they were imported: how many, and a sum over all that they say.
  lines bigint,
  seal text,
  unique (month, revision),
  -- No moment is settled twice.
  constraint settlements_do_not_overlap
    exclude using gist (tstzrange(from_at, until_at) with &&) where (state <> 'void')
);
create table settlement_steps (
  settlement uuid not null references settlements,
  number int not null,
  step text not null,
  at timestamptz not null,
  by uuid not null,
  note text not null,
  primary key (settlement, number)
);
create trigger append_only before update or delete or truncate on settlement_steps
  for each statement execute function refuse_change();

-- Worked out of the charges: sums by who used what of whom, at which price level.
create table settlement_usage (
  settlement uuid not null references settlements,
  tenant text not null,
  provider text not null,
  model text not null,
  -- Fen for a card-hour, rounded down.
  level bigint not null,
  programme text not null,
  runs bigint not null,
  card_seconds bigint not null,
  voucher_seconds bigint not null,
  voucher bigint not null,
  cash bigint not null,
  fee bigint not null,
  primary key (settlement, provider, model, level, tenant, programme)
);
create table settlement_shares (
  settlement uuid not null references settlements,
  tenant text not null,
  place int not null,
  project text not null,
  amount bigint not null,
  primary key (settlement, tenant, place)
);
create table settlement_dues (
  settlement uuid not null references settlements,
  provider text not null,
  place int not null,
  terms_version int,
  rule int,
  models text[] not null,
  card_seconds bigint not null,
  spend bigint not null,
  ratio bigint,
  band int,
  gross bigint not null,
  tax bigint not null,
  due bigint not null,
  posted bigint not null,
  primary key (settlement, provider, place)
);
create table settlement_findings (
  settlement uuid not null references settlements,
  place int not null,
  provider text not null,
  model text not null,
  what text not null,
  expected bigint,
  found bigint,
  primary key (settlement, place)
);

-- What is kept back until somebody has decided.
create table disputes (
  id uuid primary key,
  provider text not null,
  tenant text not null,
  run uuid,
  amount bigint not null check (amount > 0),
  reason text not null,
  opened_at timestamptz not null,
  opened_by uuid not null,
  ended_at timestamptz,
  ended_by uuid,
  -- 'provider', 'tenant' or 'withdrawn'.
  outcome text,
  check ((ended_at is null) = (outcome is null))
);
create index disputes_open on disputes (provider, id) where ended_at is null;

-- Payouts are ordered together. A line is 'made', then 'sent', then 'arrived' or 'bounced'.
create table payout_batches (
  id uuid primary key,
  number bigint generated always as identity unique,
  made_at timestamptz not null,
  made_by uuid not null,
  sent_at timestamptz,
  sent_by uuid,
  -- Given up before it was sent.
  dropped_at timestamptz
);
create table payout_lines (
  batch uuid not null references payout_batches,
  line int not null,
  provider text not null,
  amount bigint not null check (amount > 0),
  state text not null,
  bank_reference text,
  ended_at timestamptz,
  primary key (batch, line)
);

-- A district of the region: the tenants and funds that its statement sums up.
create table districts (
  id text primary key,
  name text not null,
  tenants text[] not null,
  funds text[] not null
);

-- Requests for e-invoices, each once.
create table invoice_requests (
  settlement uuid not null references settlements,
  tenant text not null,
  number text not null unique,
  amount bigint not null,
  requested_at timestamptz not null,
  primary key (settlement, tenant)
);

