import type { Sql } from "../db/index.ts";

/** Lets the statements of this transaction take as long as they need. */
export async function allowLongStatements(sql: Sql): Promise<void> {
  await sql`set local statement_timeout = 0`;
}
