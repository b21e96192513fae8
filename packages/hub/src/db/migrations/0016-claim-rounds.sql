-- Rounds: the claims of one window of a programme, decided together. One person proposes what each
-- gets, another one approves it; a proposal that no longer holds when the approval comes grants
-- nobody anything, and is made anew.

create table claim_rounds (
  id uuid primary key,
  programme text not null,
  version int not null,
  -- As the rules name it, `1` or `2026-Q1`; where no window ever ends, the number of the round.
  window_name text not null,
  -- The last day of application that it takes in; null: whoever is there.
  until date,
  -- Proposed although claims were still with the offices, or lacked something.
  is_closing boolean not null,
  decided_on date not null,
  claims int not null check (claims > 0),
  grants int not null check (grants between 0 and claims),
  granted bigint not null check (granted >= 0),
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  foreign key (programme, version) references programme_rules,
  unique (id, programme, version, window_name, proposed_by)
);
create index claim_rounds_by_window on claim_rounds (programme, version, window_name);
create trigger append_only before update or delete or truncate on claim_rounds
  for each statement execute function refuse_change();

-- What a proposal says of each claim, in the order in which they are taken.
create table round_places (
  round uuid not null references claim_rounds,
  place int not null check (place > 0),
  claim uuid not null references claims,
  -- Null: after all that have one.
  rank int,
  points int not null,
  -- What of the budget is there for it, in micro-yuan; null: all that is left.
  share bigint check (share >= 0),
  -- Others had more points.
  is_out boolean not null,
  outcome text not null check (outcome in ('granted', 'refused', 'incomplete')),
  granted bigint not null check (granted >= 0),
  -- By code, as the claim's decision has it.
  refused json not null,
  -- SHA-256 of all that the decision gives and refuses: the approval finds the same or grants
  -- nothing.
  digest bytea not null check (length(digest) = 32),
  primary key (round, place),
  unique (round, claim)
);
create index round_places_by_claim on round_places (claim);
create trigger append_only before update or delete or truncate on round_places
  for each statement execute function refuse_change();

-- Each window is decided once.
create table round_approvals (
  round uuid primary key,
  programme text not null,
  version int not null,
  window_name text not null,
  proposed_by uuid not null,
  approved_by uuid not null check (approved_by <> proposed_by),
  approved_at timestamptz not null,
  unique (programme, version, window_name),
  foreign key (round, programme, version, window_name, proposed_by)
    references claim_rounds (id, programme, version, window_name, proposed_by)
);
create trigger append_only before update or delete or truncate on round_approvals
  for each statement execute function refuse_change();

-- Claims on their way to a round. Built while nothing else writes: an upgrade of a hub with
-- millions of claims takes some seconds for it.
create index claims_on_the_way on claims (programme, version, applied_on)
  where state in ('applied', 'incomplete', 'reviewing', 'gathered');
