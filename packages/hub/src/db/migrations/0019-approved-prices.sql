-- Price lists and agreements rate nothing before a second person has approved them; agreements hold
-- from one day to another; a month's bill says by which of them each of its days was rated.

alter table price_lists
  add column approved_by uuid,
  add column approved_at timestamptz,
  add constraint two_persons check (approved_by <> made_by),
  add constraint approved_at_a_time check (approved_by is null or approved_at is not null);
alter table price_agreements
  add column approved_by uuid,
  add column approved_at timestamptz,
  add constraint two_persons check (approved_by <> made_by),
  add constraint approved_at_a_time check (approved_by is null or approved_at is not null);
create index price_agreements_to_bill on price_agreements (tenant) where approved_at is not null;

-- What was put so far holds already, with nobody named who approved it; agreements since the day
-- that they were put. Both tables are small: people write them.
drop trigger append_only on price_lists;
drop trigger append_only on price_agreements;
update price_lists set approved_at = made_at;
update price_agreements set approved_at = made_at, document = (document::jsonb
  || jsonb_build_object('from', (made_at at time zone 'UTC')::date))::json;

create function refuse_all_but_approval() returns trigger language plpgsql as $$
declare
  approval constant text[] := array['approved_by', 'approved_at'];
begin
  if old.approved_at is not null or new.approved_at is null or new.approved_by is null
      or to_jsonb(new) - approval <> to_jsonb(old) - approval then
    raise exception '% is only ever added to, and approved once', tg_table_name;
  end if;
  return new;
end $$;
create trigger approved_once before update on price_lists
  for each row execute function refuse_all_but_approval();
create trigger approved_once before update on price_agreements
  for each row execute function refuse_all_but_approval();
create trigger append_only before delete or truncate on price_lists
  for each statement execute function refuse_change();
create trigger append_only before delete or truncate on price_agreements
  for each statement execute function refuse_change();

-- Empty: billed before there were parts, as one part by `list` and its revisions, which from now on
-- are those of the last part. `lines` are those of all parts, in their order.
alter table billed_months
  add column parts json not null default '[]',
  add column unpriced json not null default '[]';
-- Whoever bills asks whether a tenant's charges have changed.
create index charge_corrections_by_tenant on charge_corrections (tenant);
