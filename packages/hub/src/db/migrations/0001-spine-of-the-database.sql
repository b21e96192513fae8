-- Who makes the rounds. One row; see leadership.ts.
--
-- The epoch is the primary key so that changing it needs a full lock of the row, while a renewal,
-- which changes no key, does not: a round holds `for key share` on the row until it commits, which
-- holds up a successor but not the leader's own renewals.
create table leadership (
  epoch bigint primary key check (epoch >= 0),
  holder text,
  expires_at timestamptz not null,
  only_row boolean not null default true unique check (only_row)
);

insert into leadership (epoch, expires_at) values (0, to_timestamp(0));
