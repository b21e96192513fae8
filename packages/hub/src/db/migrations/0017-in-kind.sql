-- Card-hours and tokens that programmes grant in place of money: the book of units of each claim.
-- What stands on it is the sum of what moved; nothing is kept beside the moves.

create table in_kind_moves (
  -- What happened, named for ever: it moves units once.
  fact text collate "C" primary key,
  claim uuid not null references claims,
  -- The part of the programme that grants them.
  part text not null,
  unit text not null check (unit in ('card-hours', 'tokens')),
  -- grant: to the claim. draw: from there to what was used. release, expire: back, or at an end.
  -- claw-back: of what was used, asked back.
  kind text not null check (kind in ('grant', 'draw', 'release', 'expire', 'claw-back')),
  quantity bigint not null check (quantity > 0),
  at timestamptz not null
);
create index in_kind_moves_by_claim on in_kind_moves (claim, part);
create trigger append_only before update or delete or truncate on in_kind_moves
  for each statement execute function refuse_change();

-- Nobody draws more than was granted, nor asks back more than was drawn. Who writes has the claim's
-- row locked, so that two never count the same units.
create function refuse_units_below_zero() returns trigger language plpgsql as $$
declare
  open bigint;
  drawn bigint;
begin
  perform 1 from claims where id = new.claim for no key update;
  select
    sum(case kind when 'grant' then quantity when 'claw-back' then 0 else -quantity end),
    sum(case kind when 'draw' then quantity when 'claw-back' then -quantity else 0 end)
    into open, drawn
    from in_kind_moves where claim = new.claim and part = new.part and unit = new.unit;
  if open < 0 or drawn < 0 then
    raise exception '% of % % leaves part % of claim % with % open, % drawn; none may be below 0',
      new.kind, new.quantity, new.unit, new.part, new.claim, open, drawn;
  end if;
  return null;
end $$;
create trigger units_stay_above_zero after insert on in_kind_moves
  for each row execute function refuse_units_below_zero();

-- Units that claims were granted before there was a book; nothing was drawn of them.
insert into in_kind_moves (fact, claim, part, unit, kind, quantity, at)
  select 'claim/' || id || '/grant/' || (part->>'code'), id, part->>'code', part->>'unit', 'grant',
    (part->>'granted')::bigint, applied_at
  from claims, json_array_elements(decision->'inKind') as part
  where issued_on is not null and (part->>'granted')::bigint > 0;
insert into in_kind_moves (fact, claim, part, unit, kind, quantity, at)
  select 'claim/' || id || '/over/' || part, id, part, unit,
    case state when 'expired' then 'expire' else 'release' end, quantity, at
  from in_kind_moves join claims on claims.id = in_kind_moves.claim
  where state not in ('granted', 'issued', 'redeeming');
update claims set progress = (progress::jsonb || jsonb_build_object('givenBack', given.back))::json
  from (select claim, jsonb_object_agg(part, quantity::text) as back from in_kind_moves
    where kind <> 'grant' group by claim) as given
  where given.claim = claims.id;
