import { DatabaseError } from "pg";

/** How long callers should wait before they ask again, while the database is away. */
const retryAfterMsDefault = 1000;

/**
 * The database cannot be reached, is starting or stopping, or is out of connections, memory or
 * disk. What was asked did not happen (for a statement outside a transaction whose connection
 * broke midway: may not have). Callers answer 503 with `retryAfterMs`.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
  readonly retryAfterMs: number = retryAfterMsDefault;
}

/**
 * The connection broke while a commit was under way: the transaction may or may not stand. Only
 * asking again under the same idempotency key settles it.
 */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  readonly retryAfterMs: number = retryAfterMsDefault;
}

/** Whether the cause lies with the database as a whole and not with what was asked of it. */
export function isOutage(error: unknown): error is DatabaseUnavailable | OutcomeUnknown {
  return error instanceof DatabaseUnavailable || error instanceof OutcomeUnknown;
}

/** The SQLSTATE of a refusal by PostgreSQL itself, e.g. `23505`. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** Whether the named unique constraint or index refused a row. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return (
    error instanceof DatabaseError && error.code === "23505" && error.constraint === constraint
  );
}

/** Whether running the same transaction again may well succeed: it lost a race, nothing more. */
export function isLostRace(error: unknown): boolean {
  const code = sqlState(error);
  return code === "40001" || code === "40P01" || isStalePlan(error);
}

/**
 * Whether this connection's prepared statements no longer fit the tables: a newer hub has migrated
 * them meanwhile. The connection must be closed; on a fresh one the same statement works.
 */
export function isStalePlan(error: unknown): boolean {
  const code = sqlState(error);
  return code === "26000" || (code === "0A000" && String(error).includes("cached plan"));
}

/** The error as callers shall see it: trouble with the connection becomes `DatabaseUnavailable`. */
export function toCallersError(error: unknown, doing: string): unknown {
  if (isOutage(error)) return error;
  return meansOutage(error)
    ? new DatabaseUnavailable(`the database is not available: ${doing}`, { cause: error })
    : error;
}

/** Whether a commit that failed so may have happened all the same: it was sent and not answered. */
export function leavesCommitOpen(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined) return /^(08|57P)/.test(code);
  return meansOutage(error) && !/not queryable/.test((error as Error).message);
}

/**
 * SQLSTATE classes 08 connection, 53 out of resources, 57P shutdown, 58 system; 25P03 and 25P04 are
 * the time limits that end a session. Without a state: what sockets and the driver report.
 */
function meansOutage(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined) return /^(08|53|57P|58|25P0[34])/.test(code);
  if (!(error instanceof Error)) return false;
  return "syscall" in error || driverOutage.test(error.message);
}

/** What the driver says, in words only, of connections that broke, timed out or were closed. */
const driverOutage = new RegExp(
  "^(Connection terminated|Client has encountered a connection error|Client was closed" +
    "|timeout exceeded|timeout expired|Cannot use a pool after calling end)",
);
