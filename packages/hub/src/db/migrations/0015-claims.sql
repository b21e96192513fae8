-- Rules of programmes as officers wrote them, claims under them, and what counts towards caps.

-- Every version is kept. A version holds once a second person has approved it; until then the
-- officers may put another text in its place.
create table programme_rules (
  programme text not null,
  version int not null check (version > 0),
  rules json not null,
  put_by uuid not null,
  put_at timestamptz not null,
  approved_by uuid check (approved_by <> put_by),
  approved_at timestamptz,
  primary key (programme, version),
  check ((approved_by is null) = (approved_at is null))
);
create function refuse_change_of_approved() returns trigger language plpgsql as $$
begin
  if old.approved_at is not null then
    raise exception 'version % of % was approved and is never changed',
      old.version, old.programme;
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger approved_is_kept before update or delete on programme_rules
  for each row execute function refuse_change_of_approved();

create table claims (
  id uuid primary key,
  programme text not null,
  version int not null,
  tenant text not null references tenants,
  contract text not null,
  state text not null,
  -- How many of the rules' stages have agreed.
  stage int not null,
  -- What was asked, and what was last decided of it; in the grammar of the API.
  asked json not null,
  decision json,
  -- Bigints as text.
  progress json not null,
  granted bigint not null check (granted >= 0),
  redeemed bigint not null check (redeemed >= 0),
  released bigint not null check (released >= 0),
  applied_at timestamptz not null,
  applied_on date not null,
  issued_on date,
  last_day date,
  notice_until date,
  check (redeemed + released <= granted),
  foreign key (programme, version) references programme_rules
) with (fillfactor = 70);
create index claims_by_programme on claims (programme, id);
create index claims_by_tenant on claims (tenant, id);
create index claims_by_contract on claims (contract);
create index claims_to_expire on claims (last_day) where last_day is not null;

-- What happened to a claim, by whom and why; the claim's row is what they lead to.
create table claim_events (
  claim uuid not null references claims,
  number int not null,
  at timestamptz not null,
  by_key uuid,
  action text not null,
  from_state text not null,
  to_state text not null,
  facts json not null,
  primary key (claim, number)
);
create trigger append_only before update or delete or truncate on claim_events
  for each statement execute function refuse_change();

-- Bills under a claim, each redeemed once.
create table claim_settlements (
  claim uuid not null references claims,
  id text not null,
  settlement json not null,
  outcome json not null,
  at timestamptz not null,
  primary key (claim, id)
);
create trigger append_only before update or delete or truncate on claim_settlements
  for each statement execute function refuse_change();

-- What has been taken of each cap, budget and ceiling; see core's `counterKeys`.
create table counters (
  key text collate "C" primary key,
  used bigint not null check (used >= 0)
) with (fillfactor = 70);

-- Who speaks for which office; an office without anybody named is any officer of the fund.
create table claim_offices (
  programme text not null,
  office text not null,
  key uuid not null references api_keys,
  primary key (programme, office, key)
);
