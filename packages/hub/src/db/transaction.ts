import type { PoolClient } from "pg";

import {
  isOutage,
  isStalePlan,
  leavesCommitOpen,
  OutcomeUnknown,
  toCallersError,
} from "./errors.ts";
import { oneLine, type Rows, type Sql, type Statement, toStatement } from "./sql.ts";

export interface TransactionOptions {
  /** `read committed` when not given. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  readonly readOnly?: boolean;
  /** Runs of the work in all, the first included. */
  readonly attemptsMax?: number;
}

/** Runs `work` between begin and commit on this connection; rolls back when it throws. */
export async function inTransaction<T>(
  client: PoolClient,
  work: (sql: Sql) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  await control(client, beginText(options));
  const session = openSession(client);
  try {
    const result = await work(session.sql);
    await session.close();
    await commit(client);
    return result;
  } catch (error) {
    await session.close();
    // A connection that cannot even do this is closed, which is a rollback too.
    if (!isOutage(error)) await client.query("rollback").catch(() => client.end());
    throw error;
  }
}

/** Runs one statement on this connection. */
export async function runStatement<Row>(
  client: PoolClient,
  statement: Statement,
): Promise<Rows<Row>> {
  try {
    const result = await client.query<object>(statement as { text: string; values: unknown[] });
    return Object.defineProperty(result.rows, "count", {
      value: result.rowCount ?? 0,
    }) as Rows<Row>;
  } catch (error) {
    throw toCallersError(error, oneLine(statement.text));
  }
}

/** Whether a connection is of no more use after this error. */
export function spoils(error: unknown): boolean {
  return isOutage(error) || isStalePlan(error);
}

function beginText({ isolation, readOnly }: TransactionOptions): string {
  return ["begin", isolation && `isolation level ${isolation}`, readOnly && "read only"]
    .filter(Boolean)
    .join(" ");
}

/**
 * The `sql` of one transaction. It ends with it: a statement that came later, from a promise nobody
 * awaited, would else run outside, on a connection that others use by then.
 */
function openSession(client: PoolClient): { sql: Sql; close(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  let over = false;

  async function run<Row>(statement: Statement): Promise<Rows<Row>> {
    if (over) throw new Error(`this transaction is over, too late for: ${oneLine(statement.text)}`);
    return runStatement<Row>(client, statement);
  }

  return {
    sql: (strings, ...values) => {
      const result = run(toStatement(strings, values));
      running.add(result);
      result.finally(() => running.delete(result)).catch(() => {}); // the caller has `result`
      return result as Promise<Rows<never>>;
    },
    close: async () => {
      over = true;
      await Promise.allSettled(running);
    },
  };
}

/**
 * PostgreSQL answers ROLLBACK to the commit of a transaction in which a statement failed. Reaching
 * that means the failure was swallowed, and success must not be reported.
 */
async function commit(client: PoolClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query("commit"));
  } catch (error) {
    throw leavesCommitOpen(error)
      ? new OutcomeUnknown("the connection broke during commit", { cause: error })
      : toCallersError(error, "commit");
  }
  if (command === "COMMIT") return;
  throw new Error("nothing was committed: a statement of this transaction failed, unnoticed");
}

async function control(client: PoolClient, text: string): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    throw toCallersError(error, text);
  }
}
