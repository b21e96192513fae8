-- Settlement and ledger: terms that a second person approves, what is paid past the platform, and
-- moves of money that take two persons.

-- Terms count once they are approved; a version that is not stays a draft for ever.
create table provider_terms_approvals (
  provider text not null,
  version int not null,
  -- Null for terms that were put before approvals were asked for.
  approved_by uuid,
  approved_at timestamptz not null,
  primary key (provider, version),
  foreign key (provider, version) references provider_terms
);
insert into provider_terms_approvals (provider, version, approved_at)
  select provider, version, made_at from provider_terms;
create trigger append_only before update or delete or truncate on provider_terms_approvals
  for each statement execute function refuse_change();

-- Worked out with a month: what tenants and funds pay a provider themselves, of its charges.
create table settlement_direct (
  settlement uuid not null references settlements,
  provider text not null,
  payer text not null check (payer in ('tenant', 'fund')),
  -- Which tenant or fund.
  of text not null,
  amount bigint not null check (amount > 0),
  primary key (settlement, provider, payer, of)
);

-- Found with a month: usage of tenants with an agreement that no price holds for.
create table settlement_unpriced (
  settlement uuid not null references settlements,
  place int not null,
  tenant text not null,
  -- In the grammar of the API.
  usage json not null,
  primary key (settlement, place)
);

-- What one person asks and another decides. Funds' refunds end with the bank's receipt.
create table money_moves (
  id uuid primary key,
  kind text not null,
  -- The provider or the fund.
  of text not null,
  -- Whose expired voucher is restored.
  tenant text,
  programme text,
  amount bigint not null check (amount > 0),
  note text not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid check (decided_by <> asked_by),
  decided_at timestamptz,
  -- Null while nobody has decided, and where it was declined.
  posted uuid,
  receipt text,
  arrived_at timestamptz,
  check ((decided_by is null) = (decided_at is null)),
  check (posted is null or decided_by is not null),
  check (receipt is null or posted is not null),
  check ((receipt is null) = (arrived_at is null))
);
-- One receipt of the bank ends one move.
create unique index money_moves_receipts on money_moves (kind, of, receipt);
