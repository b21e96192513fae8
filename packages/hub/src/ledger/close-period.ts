import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { insertPeriod, listPeriods, type ClosedPeriod } from "./period-store.ts";
import { lockHead } from "./store.ts";

export interface PeriodToClose {
  /** "2026-11". */
  readonly month: string;
  /** Where the month ends. */
  readonly timeZone: string;
  readonly by: AuditEntry["by"];
}

/**
 * Closes a month: from now on nothing is posted as having happened in it or before. Months are
 * closed in their order; closing one again changes nothing. Once closed it stays so.
 * @throws Refused `wrong-state` when it is not over, or a later one is closed already;
 *   `invalid-request` for a time zone that there is none of
 */
export const closePeriod = (hub: Hub, period: PeriodToClose): Promise<ClosedPeriod> =>
  hub.db.transaction((sql) => closePeriodIn(sql, period, hub.clock.now()));

/** The same in the caller's transaction, which nobody else posts beside from here on. */
export async function closePeriodIn(
  sql: Sql,
  { month, timeZone, by }: PeriodToClose,
  now: Temporal.Instant,
): Promise<ClosedPeriod> {
  const until = endOf(month, timeZone);
  const { seq, hash } = await lockHead(sql);
  const closed = await listPeriods(sql);
  const before = closed.find((one) => one.month === month);
  if (before) return before;
  const last = closed.at(-1);
  if (last && Temporal.Instant.compare(until, last.until) <= 0) {
    const detail = `${last.month} is closed already, and with it all that was before`;
    throw new Refused("wrong-state", { month: last.month }, detail);
  }
  if (Temporal.Instant.compare(now, until) < 0) {
    throw new Refused("wrong-state", { until: `${until}` }, `${month} is not over before ${until}`);
  }
  const period = { month, until, seq, hash, closedAt: now, closedBy: by.signer.key };
  await insertPeriod(sql, period);
  const facts = { until: `${until}`, seq: `${seq}`, hash };
  await audit(sql, { by, at: now, action: "ledger.close", subject: `period/${month}`, facts });
  return period;
}

function endOf(month: string, timeZone: string): Temporal.Instant {
  const first = Temporal.PlainYearMonth.from(month).add({ months: 1 }).toPlainDate({ day: 1 });
  try {
    return first.toZonedDateTime(timeZone).toInstant();
  } catch {
    throw wrongField("/timeZone", `"${timeZone}" is no time zone; give one such as Asia/Shanghai`);
  }
}
