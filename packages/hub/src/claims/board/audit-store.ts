import type { Sql } from "../../db/index.ts";

/** A counter that stands otherwise than what was written down gives. */
export interface CounterDifference {
  readonly key: string;
  readonly stands: bigint;
  readonly should: bigint;
}

/**
 * Builds all counters anew from what claims were granted, what bills redeemed and gave back, and
 * what events say that they took or gave back, and holds them against the table.
 * @returns how many there are, and the differing ones by key, so many at most
 */
export async function compareCounters(
  sql: Sql,
  limit: number,
): Promise<{ checked: bigint; different: CounterDifference[] }> {
  const [all] = await sql<{ checked: bigint }>`select count(*) as checked from counters`;
  const different = await sql<CounterDifference>`
    with moves as (
      select move->>'key' as key, (move->>'by')::bigint as by
        from claims, json_array_elements(decision->'touched') as move where issued_on is not null
      union all
      select move->>'key', (move->>'by')::bigint
        from claim_settlements, json_array_elements(outcome->'touched') as move
      union all
      select move->>'key', (move->>'by')::bigint
        from claim_events, json_array_elements(facts->'touched') as move
        where facts->'touched' is not null),
    sums as (select key, sum(by)::bigint as should from moves group by key)
    select coalesce(counters.key, sums.key) as key, coalesce(used, 0) as stands,
      coalesce(should, 0) as should
    from counters full join sums on counters.key = sums.key collate "C"
    where coalesce(used, 0) <> coalesce(should, 0)
    order by 1 limit ${limit}`;
  return { checked: all!.checked, different };
}

/**
 * Counters of all public money on a contract that are not what its claims were granted, less what
 * was released of them, and what is set aside for those not issued yet; as above.
 */
export async function compareContracts(
  sql: Sql,
  limit: number,
): Promise<{ checked: bigint; different: CounterDifference[] }> {
  const [all] = await sql<{ checked: bigint }>`
    select count(distinct contract) as checked from claims where issued_on is not null`;
  const different = await sql<CounterDifference>`
    with claimed as (
      select id, issued_on, granted - released as open,
        'public/contract/' || replace(replace(contract, '%', '%25'), '/', '%2F') as key
      from claims),
    set_aside as (
      select claim, move->>'key' as key, sum((move->>'by')::bigint) as by
      from claim_events, json_array_elements(facts->'touched') as move
      where facts->'touched' is not null group by claim, 2),
    sums as (
      select claimed.key, sum(case when issued_on is null then by else open end)::bigint as should
      from claimed left join set_aside on claim = id and set_aside.key = claimed.key
      where issued_on is not null or by is not null group by claimed.key)
    select sums.key, coalesce(used, 0) as stands, should
    from sums left join counters on counters.key = sums.key collate "C"
    where coalesce(used, 0) <> should order by 1 limit ${limit}`;
  return { checked: all!.checked, different };
}

/** Claims whose sums are not what they were decided, and what their bills were. */
export async function compareClaims(
  sql: Sql,
  limit: number,
): Promise<{ checked: bigint; different: { id: string; what: string }[] }> {
  const [all] = await sql<{ checked: bigint }>`select count(*) as checked from claims`;
  const different = await sql<{ id: string; what: string }>`
    with bills as (
      select claim, sum((outcome->>'redeemed')::bigint)::bigint as redeemed
      from claim_settlements group by claim)
    select id::text as id, case
        when granted <> case when issued_on is null then 0 else (decision->>'granted')::bigint end
          then 'is not granted what was decided'
        when redeemed_less then 'has bills that redeemed more than it says'
        when is_open then 'is over, and has something open' end as what
    from claims left join bills on bills.claim = claims.id
    cross join lateral (select coalesce(bills.redeemed, 0) > claims.redeemed as redeemed_less,
      state in ('settled', 'withdrawn', 'expired', 'clawed-back')
        and claims.redeemed + claims.released <> granted as is_open) as found
    where granted <> case when issued_on is null then 0 else (decision->>'granted')::bigint end
      or redeemed_less or is_open
    order by id limit ${limit}`;
  return { checked: all!.checked, different };
}
