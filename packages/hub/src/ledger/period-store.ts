import type { Closing } from "@wadi/core/ledger";

import type { Sql } from "../db/index.ts";

/** A month that is closed. */
export interface ClosedPeriod extends Closing {
  readonly closedAt: Temporal.Instant;
  /** The key that closed it. */
  readonly closedBy: string;
}

/** All of them, the earliest first. */
export const listPeriods = (sql: Sql): Promise<ClosedPeriod[]> =>
  sql<ClosedPeriod>`
    select month, until, seq, encode(hash, 'hex') as hash, closed_at as "closedAt",
      closed_by as "closedBy"
    from closed_periods order by until`;

/** Closes a period for whoever posts from now on. The caller has the head locked. */
export async function insertPeriod(sql: Sql, period: ClosedPeriod): Promise<void> {
  await sql`
    insert into closed_periods (month, until, seq, hash, closed_at, closed_by)
    values (${period.month}, ${period.until}, ${period.seq}, decode(${period.hash}, 'hex'),
      ${period.closedAt}, ${period.closedBy})`;
  await sql`update journal_head set closed_until = ${period.until}`;
}
