import type { CentreId, KeyId } from "@wadi/core/units";
import type { JournalId } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import { hashOfSecret } from "./secrets.ts";

export async function insertJoinToken(
  sql: Sql,
  token: {
    readonly hash: Buffer;
    readonly centre: CentreId;
    readonly madeAt: Temporal.Instant;
    readonly madeBy: KeyId;
    readonly expiresAt: Temporal.Instant;
  },
): Promise<void> {
  await sql`
    insert into join_tokens (hash, centre, made_at, made_by, expires_at)
    values (${token.hash}, ${token.centre}, ${token.madeAt}, ${token.madeBy}, ${token.expiresAt})`;
}

/**
 * Uses a token up. Of two agents that come at once with the same token one gets it; the one that
 * has it may ask again, since the first answer may have been lost on its way.
 * @returns whose it was and who made it; undefined when it is unknown, used or expired
 */
export async function takeJoinToken(
  sql: Sql,
  use: { readonly token: string; readonly journal: JournalId; readonly at: Temporal.Instant },
): Promise<{ centre: CentreId; madeBy: KeyId } | undefined> {
  const [row] = await sql<{ centre: CentreId; madeBy: KeyId }>`
    update join_tokens set used_at = ${use.at}, used_by = ${use.journal}
    where hash = ${hashOfSecret(use.token)} and expires_at > ${use.at}
      and (used_at is null or used_by = ${use.journal})
    returning centre, made_by as "madeBy"`;
  return row;
}
