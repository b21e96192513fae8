-- The ledger: double entry in books, one journal, one hash chain. See docs/adr/0005-ledger.md.
-- Amounts are micro-yuan. What may go where is decided in core/ledger; the checks here are a net.

-- Totals only ever grow; a balance is credits less debits. They can be built anew from transfers.
create table accounts (
  id bigint generated always as identity primary key,
  path text collate "C" not null unique,
  book text not null,
  debits bigint not null check (debits >= 0),
  credits bigint not null check (credits >= 0)
) with (fillfactor = 50);

-- The journal. Columns stand in an order that leaves no gaps between them: there will be many rows.
create table transfers (
  seq bigint primary key,
  amount bigint not null check (amount > 0),
  debit bigint not null,
  credit bigint not null check (credit <> debit),
  happened_at timestamptz not null,
  -- When the hub took it in; never falls from one seq to the next.
  known_at timestamptz not null,
  -- Number of a kind in core's `transferKinds`.
  kind smallint not null,
  -- First 16 bytes of the SHA-256 of the fact: each fact is posted once, for ever.
  id uuid not null unique,
  hold uuid,
  job uuid,
  run uuid,
  hash bytea not null,
  -- Null where it is the kind's usual one: "<kind>/<run, or else hold>".
  fact text,
  note text
);
-- Few accounts, many transfers each: equal keys share their entry.
create index transfers_by_debit on transfers (debit);
create index transfers_by_credit on transfers (credit);
-- What people caused and not runs: top-up, payout, appropriate, grant, expire.
create index transfers_by_hand on transfers (seq) where kind in (1, 2, 8, 9, 13);

create trigger append_only before update or delete or truncate on transfers
  for each statement execute function refuse_change();

-- What is set aside, by submission and by the account it stands on.
create table holds (
  id uuid not null,
  account bigint not null,
  placed bigint not null,
  remaining bigint not null check (remaining between 0 and placed),
  primary key (id, account)
) with (fillfactor = 70);

-- One row, locked by whoever posts: that gives transfers their one order.
create table journal_head (
  seq bigint not null check (seq >= 0),
  hash bytea not null,
  known_at timestamptz not null,
  only_row boolean primary key default true check (only_row)
);
insert into journal_head (seq, hash, known_at)
  values (0, sha256('wadi journal 1'), to_timestamp(0));

create table funds (
  id text primary key,
  name text not null,
  opened_at timestamptz not null
);

-- A programme stays with its fund for ever; all else is in its versions, every one of them kept.
create table programmes (
  id text primary key,
  fund text not null references funds,
  version int not null
);
create table programme_versions (
  programme text not null references programmes,
  version int not null,
  name text not null,
  rate bigint not null,
  cap_per_tenant bigint not null,
  expires_at timestamptz not null,
  made_at timestamptz not null,
  primary key (programme, version)
);
create trigger append_only before update or delete or truncate on programme_versions
  for each statement execute function refuse_change();

-- Who was ever granted a voucher of which programme.
create table voucher_holders (
  tenant text not null,
  programme text not null references programmes,
  primary key (tenant, programme)
);
