import type { MonthState, MonthStep } from "@wadi/core/settlement";
import type { KeyId } from "@wadi/core/units";
import type { SettlementId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";

/** A month's settlement: its newest revision, unless it says which. */
export interface Month {
  readonly id: SettlementId;
  readonly month: string;
  readonly revision: number;
  readonly timeZone: string;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly state: MonthState;
  readonly lastAt: Temporal.Instant;
  readonly lastBy: KeyId;
  readonly lines: bigint | null;
  readonly seal: string | null;
}

/** Until the end of the transaction no other month is opened. */
export async function lockMonths(sql: Sql): Promise<void> {
  await sql`lock table settlements in share row exclusive mode`;
}

/** Its newest revision, locked until the end of the transaction. */
export async function lockMonth(sql: Sql, month: string): Promise<Month | undefined> {
  const [row] = await sql<Month>`
    select id, month, revision, time_zone as "timeZone", from_at as "from", until_at as "until",
      state, last_at as "lastAt", last_by as "lastBy", lines, seal
    from settlements where month = ${month} order by revision desc limit 1 for update`;
  return row;
}

export async function findMonth(sql: Sql, month: string): Promise<Month | undefined> {
  const [row] = await sql<Month>`
    select id, month, revision, time_zone as "timeZone", from_at as "from", until_at as "until",
      state, last_at as "lastAt", last_by as "lastBy", lines, seal
    from settlements where month = ${month} order by revision desc limit 1`;
  return row;
}

/** A live month that has some of the same time. */
export async function findOverlap(
  sql: Sql,
  { from, until }: Pick<Month, "from" | "until">,
): Promise<string | undefined> {
  const [row] = await sql<{ month: string }>`
    select month from settlements where state <> 'void'
      and tstzrange(from_at, until_at) && tstzrange(${from}::timestamptz, ${until}::timestamptz)
    order by month limit 1`;
  return row?.month;
}

export async function insertMonth(sql: Sql, one: Month): Promise<void> {
  await sql`
    insert into settlements (id, month, revision, time_zone, from_at, until_at, state, last_at,
      last_by)
    values (${one.id}, ${one.month}, ${one.revision}, ${one.timeZone}, ${one.from}, ${one.until},
      ${one.state}, ${one.lastAt}, ${one.lastBy})`;
}

export async function saveMonth(sql: Sql, one: Month): Promise<void> {
  await sql`
    update settlements set state = ${one.state}, last_at = ${one.lastAt}, last_by = ${one.lastBy},
      lines = ${one.lines}, seal = ${one.seal}
    where id = ${one.id}`;
}

/** Newest month first, then newest revision; those after one of them. */
export function listMonths(
  sql: Sql,
  { after, limit }: { after: readonly [string, number]; limit: number },
): Promise<Month[]> {
  return sql<Month>`
    select id, month, revision, time_zone as "timeZone", from_at as "from", until_at as "until",
      state, last_at as "lastAt", last_by as "lastBy", lines, seal
    from settlements where (month, revision) < (${after[0]}, ${after[1]}::int)
    order by month desc, revision desc limit ${limit}`;
}

export interface StepTaken {
  readonly step: MonthStep | "open";
  readonly at: Temporal.Instant;
  readonly by: KeyId;
  readonly note: string;
}

export async function insertStep(sql: Sql, id: SettlementId, one: StepTaken): Promise<void> {
  await sql`
    insert into settlement_steps (settlement, number, step, at, by, note)
    select ${id}::uuid, coalesce(max(number), 0) + 1, ${one.step}, ${one.at}::timestamptz,
      ${one.by}::uuid, ${one.note}
    from settlement_steps where settlement = ${id}`;
}

/** In their order. */
export function listSteps(sql: Sql, id: SettlementId): Promise<StepTaken[]> {
  return sql<StepTaken>`
    select step, at, by, note from settlement_steps where settlement = ${id} order by number`;
}
