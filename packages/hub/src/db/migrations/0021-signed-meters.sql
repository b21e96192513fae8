-- Readings of meters, signed by whoever reads them off.

-- What a source's readings are signed with: an Ed25519 public key, raw. It holds for ever: who has
-- lost the private one, or changes it, goes on under another source. A source without a key signs
-- nothing.
create table meter_keys (
  -- As `meters` has them.
  signer text collate "C" not null,
  source text collate "C" not null,
  signing_key bytea not null check (length(signing_key) = 32),
  made_at timestamptz not null,
  made_by text not null,
  primary key (signer, source)
);
create trigger append_only before update or delete or truncate on meter_keys
  for each statement execute function refuse_change();

-- A source's readings of one request, signed as a whole.
create table meter_batches (
  id uuid primary key,
  signer text collate "C" not null,
  source text collate "C" not null,
  signature bytea not null,
  -- The hash of each reading, 32 bytes each, in the order they came.
  leaves bytea not null,
  received_at timestamptz not null,
  foreign key (signer, source) references meter_keys
);
alter table meter_batches alter column leaves set storage external; -- hashes do not pack
create trigger append_only before update or delete or truncate on meter_batches
  for each statement execute function refuse_change();
-- Where a reading stands in what was signed; grows at the end of each meter's own range.
create table signed_meter_readings (
  number bigint not null,
  batch uuid not null,
  meter int not null,
  place int not null,
  revision smallint not null,
  primary key (meter, number, revision)
) with (autovacuum_vacuum_insert_scale_factor = 0.02);
create trigger append_only before update or delete or truncate on signed_meter_readings
  for each statement execute function refuse_change();
