-- Caps that persons of a fund raise for one contract of one tenant: one asks, another seconds it.

create table cap_approvals (
  id uuid primary key,
  programme text not null,
  tenant text not null references tenants,
  contract text not null,
  cap text not null,
  -- What the cap is for claims of the contract, in micro-yuan; whole fen.
  raised_to bigint not null check (raised_to > 0 and raised_to % 10000 = 0),
  note text not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  unique (id, asked_by)
);
create index cap_approvals_by_programme on cap_approvals (programme, id);
create index cap_approvals_by_contract on cap_approvals (contract);
create trigger append_only before update or delete or truncate on cap_approvals
  for each statement execute function refuse_change();

-- What was said to it: seconded once, by another person than who asked; revoked once.
create table cap_approval_events (
  approval uuid not null,
  what text not null check (what in ('seconded', 'revoked')),
  asked_by uuid not null,
  by_key uuid not null check (what = 'revoked' or by_key <> asked_by),
  at timestamptz not null,
  primary key (approval, what),
  foreign key (approval, asked_by) references cap_approvals (id, asked_by)
);
create trigger append_only before update or delete or truncate on cap_approval_events
  for each statement execute function refuse_change();

-- Tenants that are sub-accounts of another one, for good; they may be given parts of its vouchers.
create table sub_accounts (
  account text primary key references tenants,
  parent text not null references tenants check (parent <> account),
  put_by uuid not null,
  put_at timestamptz not null
);
create index sub_accounts_by_parent on sub_accounts (parent, account);
create trigger append_only before update or delete or truncate on sub_accounts
  for each statement execute function refuse_change();

-- Parts of the voucher of a claim that its applicant gave to sub-accounts, as they were given.
create table claim_parts (
  claim uuid not null references claims,
  account text not null references sub_accounts,
  amount bigint not null check (amount > 0 and amount % 10000 = 0),
  by_key uuid not null,
  at timestamptz not null,
  primary key (claim, account)
);
create index claim_parts_by_account on claim_parts (account, claim);
create trigger append_only before update or delete or truncate on claim_parts
  for each statement execute function refuse_change();
