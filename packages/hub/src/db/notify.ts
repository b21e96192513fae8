import type { Sql } from "./sql.ts";

/** Sends messages on a channel when the transaction commits; equal ones arrive once. */
export async function notify(
  sql: Sql,
  channel: string,
  messages: readonly string[],
): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    select pg_notify(${channel}, message) from unnest(${[...new Set(messages)]}::text[]) message`;
}
