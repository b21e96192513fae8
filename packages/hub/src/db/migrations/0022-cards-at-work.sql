-- How much the cards of runs worked, and which cards they were.

-- Card time in which the cards worked, since the run began; null where the centre could not say.
alter table readings add column busy_ms bigint;
alter table later_readings add column busy_ms bigint;

-- Indices of the cards it holds, at its centre, as that has told; null until then.
alter table runs add column slots int[];

-- Which card was in a slot of a centre, and when, by the hub's clock. A row for each time that a
-- slot got another card, or its host another name.
create table card_serials (
  id bigint generated always as identity primary key,
  centre text not null references centres,
  slot int not null check (slot >= 0),
  host text not null,
  serial text collate "C" not null,
  from_at timestamptz not null,
  -- Null: it is so now.
  until_at timestamptz check (until_at >= from_at)
);
create unique index card_serials_now on card_serials (centre, slot) where until_at is null;
create index card_serials_by_slot on card_serials (centre, slot, from_at);
