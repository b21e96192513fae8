import { uuidv7 } from "uuidv7";

import type { Config } from "./config.ts";
import {
  backupDatabase,
  joinDatabase,
  openDatabase,
  restoreDatabase,
  type OpenDatabase,
} from "./db/index.ts";
import { makeOperatorKey, operatorKeyFile } from "./tenants/index.ts";

/*
 * What `wadi-hub` does besides running: each opens the database, does one thing, and says in a
 * sentence what was done.
 */

/** Writes the whole database into a file; a running hub goes on meanwhile. */
export async function backUp(config: Config, file: string): Promise<string> {
  return withDatabase(joinDatabase, config, async ({ url }) => {
    const { bytes, sha256, rowsByTable } = await backupDatabase(url, file);
    return `${file} holds ${rowsIn(rowsByTable)} in ${bytes} bytes, SHA-256 ${sha256}`;
  });
}

/** Fills an empty database from such a file. No hub may run on it meanwhile. */
export async function restore(config: Config, file: string): Promise<string> {
  return withDatabase(openDatabase, config, async ({ url }) => {
    const { madeAt, rowsByTable, migrated } = await restoreDatabase(url, file);
    const newer = migrated.length > 0 ? `, and brought up to date by ${migrated.join(", ")}` : "";
    return `restored ${rowsIn(rowsByTable)} of the backup of ${madeAt}${newer}`;
  });
}

/** Makes an operator's key for when all others are lost; a hub may be running. */
export async function makeKey(config: Config): Promise<string> {
  return withDatabase(joinDatabase, config, async (db) => {
    const clock = { now: () => Temporal.Now.instant() };
    await makeOperatorKey({ db, clock, newId: uuidv7, config });
    return `a new operator's key is in ${operatorKeyFile(config.state)}`;
  });
}

async function withDatabase(
  open: typeof openDatabase,
  config: Config,
  work: (db: OpenDatabase) => Promise<string>,
): Promise<string> {
  const db = await open({
    stateFolder: config.state,
    url: config.databaseUrl ?? undefined,
    waitMsMax: config.timings.dbWaitMs,
  });
  try {
    return await work(db);
  } finally {
    await db.stop();
  }
}

function rowsIn(rowsByTable: ReadonlyMap<string, number>): string {
  const rows = [...rowsByTable.values()].reduce((sum, count) => sum + count, 0);
  return `${rows} rows of ${rowsByTable.size} tables`;
}
