-- What the operator has on record of tenants, providers and centres: facts that programmes ask for.
-- Every version is kept; the last one counts.
create table records (
  kind text not null check (kind in ('tenant', 'provider', 'centre')),
  subject text not null,
  version int not null check (version > 0),
  facts json not null,
  -- Of a provider: tenants that are the same enterprise.
  own_tenants text[] not null,
  put_by uuid not null,
  put_at timestamptz not null,
  primary key (kind, subject, version)
);
create trigger append_only before update or delete or truncate on records
  for each statement execute function refuse_change();

-- Periods whose metered use was claimed for by the hub itself, for programmes nobody applies to.
create table usage_periods (
  programme text not null,
  -- As core names periods: 2026-10, 2026-Q4, 2026-H2.
  period text not null,
  claims int not null,
  -- Uses that came to nothing, or below: given back more than was used.
  without_claim int not null,
  made_at timestamptz not null,
  primary key (programme, period)
);
create trigger append_only before update or delete or truncate on usage_periods
  for each statement execute function refuse_change();
