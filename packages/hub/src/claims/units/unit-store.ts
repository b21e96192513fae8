import type { ProgrammeId, TenantId } from "@wadi/core/units";
import type { InKindUnit } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import { fragment, type Sql } from "../../db/index.ts";
import type { UnitMove } from "./units.ts";

/** Writes what moved; the claims are there, their rows locked or new. */
export async function addUnitMoves(
  sql: Sql,
  claims: readonly { readonly id: ClaimId; readonly unitMoves: readonly UnitMove[] }[],
): Promise<void> {
  const moves = claims.flatMap(({ id, unitMoves }) => unitMoves.map((move) => ({ ...move, id })));
  if (moves.length === 0) return;
  await sql`
    insert into in_kind_moves (fact, claim, part, unit, kind, quantity, at)
    select * from unnest(
      ${moves.map(({ fact }) => fact)}::text[],
      ${moves.map(({ id }) => id)}::uuid[],
      ${moves.map(({ part }) => part)}::text[],
      ${moves.map(({ unit }) => unit)}::text[],
      ${moves.map(({ kind }) => kind)}::text[],
      ${moves.map(({ quantity }) => quantity)}::bigint[],
      ${moves.map(({ at }) => at)}::timestamptz[])`;
}

/** Sums of moves: what of all that was granted is where. */
export interface UnitSums {
  readonly unit: InKindUnit;
  readonly granted: bigint;
  /** Used, what was asked back of it included. */
  readonly drawn: bigint;
  /** Given back, or expired. */
  readonly released: bigint;
  readonly open: bigint;
}

const sums = fragment`unit,
  coalesce(sum(quantity) filter (where kind = 'grant'), 0)::bigint as granted,
  coalesce(sum(quantity) filter (where kind = 'draw'), 0)::bigint as drawn,
  coalesce(sum(quantity) filter (where kind in ('release', 'expire')), 0)::bigint as released,
  coalesce(sum(case kind when 'grant' then quantity when 'claw-back' then 0 else -quantity end),
    0)::bigint as open`;

/** All that a programme granted in kind, by unit. */
export async function unitsOfProgramme(sql: Sql, programme: ProgrammeId): Promise<UnitSums[]> {
  return sql<UnitSums>`
    select ${sums} from in_kind_moves
    where claim in (select id from claims where programme = ${programme})
    group by unit order by unit`;
}

/** A tenant's voucher in kind. */
export interface HeldUnits extends UnitSums {
  readonly claim: ClaimId;
  readonly programme: ProgrammeId;
  /** Null: no end. */
  readonly lastDay: Temporal.PlainDate | null;
}

/** What a tenant has open in kind, by claim: those that end first come first. */
export async function unitsHeld(sql: Sql, tenant: TenantId): Promise<HeldUnits[]> {
  return sql<HeldUnits>`
    with book as (select claim, ${sums} from in_kind_moves
      where claim in (select id from claims where tenant = ${tenant}) group by claim, unit)
    select claim, programme, unit, book.granted, drawn, book.released, open, last_day as "lastDay"
    from book join claims on claims.id = book.claim
    where open > 0 order by last_day nulls last, claim, unit`;
}

/**
 * Holds the book of units against what claims say: the decision's grants, the units that were drawn
 * and given back, what bills drew and clawbacks asked. A claim that is over has nothing open.
 * @returns how many parts of claims there are in kind, and those that are not so, so many at most
 */
export async function compareUnits(
  sql: Sql,
  limit: number,
): Promise<{ checked: bigint; different: { claim: string; part: string; what: string }[] }> {
  const [all] = await sql<{ checked: bigint }>`
    select count(*) as checked from (select distinct claim, part from in_kind_moves) as parts`;
  const different = await sql<{ claim: string; part: string; what: string }>`
    with book as (
      select claim, part, ${sums},
        coalesce(sum(quantity) filter (where kind = 'claw-back'), 0)::bigint as back
      from in_kind_moves group by claim, part, unit),
    told as (
      select id as claim, of->>'code' as part, of->>'unit' as unit, state,
        (of->>'granted')::bigint as granted,
        coalesce((progress->'drawn'->>(of->>'code'))::bigint, 0) as drawn,
        coalesce((progress->'givenBack'->>(of->>'code'))::bigint, 0) as released
      from claims, json_array_elements(decision->'inKind') as of where issued_on is not null),
    bills as (
      select claim, of->>'code' as part, sum((of->>'drawn')::bigint)::bigint as drawn
      from claim_settlements, json_array_elements(outcome->'inKind') as of group by 1, 2),
    clawed as (
      select claim, of->>'code' as part, sum((of->>'quantity')::bigint)::bigint as back
      from claim_events, json_array_elements(facts->'unitsAsked') as of group by 1, 2),
    found as (
      select coalesce(told.claim, book.claim)::text as claim,
        coalesce(told.part, book.part) as part,
        case
          when coalesce(told.granted, 0) <> coalesce(book.granted, 0)
            then 'is not granted what was decided'
          when coalesce(told.drawn, 0) <> coalesce(book.drawn, 0)
            or coalesce(bills.drawn, 0) <> coalesce(book.drawn, 0)
            then 'is not drawn as its bills and the claim say'
          when coalesce(told.released, 0) <> coalesce(book.released, 0)
            then 'is not given back as the claim says'
          when coalesce(clawed.back, 0) <> coalesce(book.back, 0)
            then 'is not asked back as the claim says'
          when open > 0 and state in ('settled', 'withdrawn', 'expired', 'clawed-back')
            then 'is over, and has something open' end as what
      from told full join book on (told.claim, told.part, told.unit)
        = (book.claim, book.part, book.unit)
      left join bills on (bills.claim, bills.part)
        = (coalesce(told.claim, book.claim), coalesce(told.part, book.part))
      left join clawed on (clawed.claim, clawed.part)
        = (coalesce(told.claim, book.claim), coalesce(told.part, book.part)))
    select claim, part, what from found where what is not null order by claim, part limit ${limit}`;
  return { checked: all!.checked, different };
}
