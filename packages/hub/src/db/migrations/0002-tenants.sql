-- Who may call the hub, what they changed, and which requests were made already.

create table tenants (
  id text primary key,
  name text not null,
  -- Null: no bound.
  cards_max bigint check (cards_max >= 0),
  queued_jobs_max bigint check (queued_jobs_max >= 0),
  created_at timestamptz not null
);

create table providers (
  id text primary key,
  name text not null,
  created_at timestamptz not null
);

-- A key is shown once, when it is made; here is only what proves it.
create table api_keys (
  id uuid primary key,
  -- The public part of the key, by which it is found.
  prefix text not null unique,
  -- SHA-256 of the whole key. Its secret part has 256 random bits, so nothing slower is needed.
  hash bytea not null,
  label text not null,
  role text not null,
  tenant text references tenants,
  provider text references providers,
  fund text,
  -- Narrows the role; null takes all of it, also what the role is given later.
  permissions text[],
  created_at timestamptz not null,
  -- Null: made by the hub itself, on an empty database or by command.
  created_by uuid references api_keys,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- Written late and in batches.
  last_used_at timestamptz
);
create index api_keys_by_tenant on api_keys (tenant, id);
create index api_keys_by_provider on api_keys (provider, id);

-- Every change by a person, and sign-ins refused. Only ever added to.
create table audit_trail (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  key uuid,
  role text,
  action text not null,
  subject text not null,
  request text not null,
  outcome text not null,
  facts json not null
);
create index audit_trail_by_subject on audit_trail (subject, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only ever added to', tg_table_name;
end $$;

create trigger audit_trail_is_kept before update or delete on audit_trail
  for each row execute function refuse_change();
create trigger audit_trail_is_not_emptied before truncate on audit_trail
  for each statement execute function refuse_change();

-- What each idempotency key was used for. Kept for ever: a repetition, however late, is known.
create table idempotency_keys (
  owner text not null,
  key text not null,
  -- SHA-256 of method, path and canonical body.
  fingerprint bytea not null,
  -- What the request made.
  subject text not null,
  made_at timestamptz not null default now(),
  primary key (owner, key)
);
