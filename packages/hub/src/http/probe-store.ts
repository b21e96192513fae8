import type { Sql } from "../db/index.ts";

/** Resolves when the database answers. */
export async function probe(sql: Sql): Promise<void> {
  await sql`select 1`;
}
