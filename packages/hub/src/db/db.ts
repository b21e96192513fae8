import { setTimeout as sleep } from "node:timers/promises";
import { Pool, type PoolClient } from "pg";

import { connectionConfig, describeUrl } from "./connection.ts";
import { isLostRace, toCallersError } from "./errors.ts";
import { type Listener, makeListener } from "./listen.ts";
import { type Sql, toStatement } from "./sql.ts";
import { inTransaction, runStatement, spoils, type TransactionOptions } from "./transaction.ts";

/** The database as the rest of the hub sees it. Errors: `errors.ts`; an outage never crashes. */
export interface Db {
  /** Where it is. Holds the password, if there is one: never log it. */
  readonly url: string;
  /** One statement by itself, on any connection. */
  readonly sql: Sql;
  /**
   * Runs `work` in one transaction: all of it happens or none. When PostgreSQL reports a deadlock
   * or a serialization failure `work` runs again from its start, so it must have no effect but on
   * the database.
   * @throws whatever `work` throws, after the rollback; DatabaseUnavailable; OutcomeUnknown
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Calls `hear` for each message on a channel; see `Listener`. */
  readonly listen: Listener["listen"];
  /** Connections open, connections idle, and callers waiting for one. */
  load(): { open: number; idle: number; waiting: number };
  /** Ends all connections once their present work is done. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly connectionsMax?: number;
  /** Uniform in [0, 1): spreads the retries of transactions that collided. */
  readonly chance?: () => number;
  /** Told of broken connections; nothing needs to be done about them. */
  readonly onTrouble?: (error: Error) => void;
}

/** Opens nothing yet: connections are made when needed, and made anew after an outage. */
export function connectDb(url: string, options: ConnectOptions = {}): Db {
  const { connectionsMax = 16, chance = Math.random, onTrouble = () => {} } = options;
  const pool = new Pool({
    ...connectionConfig(url),
    max: connectionsMax,
    idleTimeoutMillis: 60_000,
    pipeline: true, // statements given at once (`Promise.all`) travel together
  });
  pool.on("error", onTrouble); // without a listener a lost idle connection would end the process
  pool.on("connect", (client) => client.on("error", onTrouble)); // and so would a lost busy one
  const listener = makeListener(url, onTrouble);

  async function onConnection<T>(act: (client: PoolClient) => Promise<T>, attemptsMax = 8) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await useOnce(pool, act);
      } catch (error) {
        if (attempt >= attemptsMax || !isLostRace(error)) throw error;
        await sleep(chance() * Math.min(5 * 2 ** attempt, 500));
      }
    }
  }

  return {
    url,
    sql: <Row>(...given: Parameters<Sql>) => {
      const [strings, ...values] = given;
      const statement = toStatement(strings, values);
      return onConnection((client) => runStatement<Row>(client, statement));
    },
    transaction: (work, how = {}) =>
      onConnection((client) => inTransaction(client, work, how), how.attemptsMax),
    listen: listener.listen,
    load: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

async function useOnce<T>(pool: Pool, act: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await checkOut(pool);
  try {
    const result = await act(client);
    client.release();
    return result;
  } catch (error) {
    client.release(spoils(error));
    throw error;
  }
}

async function checkOut(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toCallersError(
      error,
      `connecting to ${describeUrl(pool.options.connectionString ?? "")}`,
    );
  }
}
