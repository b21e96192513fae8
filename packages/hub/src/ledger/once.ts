import type { Sql } from "../db/index.ts";
import { claimKeys } from "../http/idempotency-store.ts";
import { Refused } from "../refused.ts";
import type { AuditEntry } from "../tenants/index.ts";

/** What makes a request the same one when it is sent again. */
export interface Once {
  readonly key: string;
  readonly fingerprint: Uint8Array;
}

/**
 * @returns what the key's first request made; undefined for the first
 * @throws Refused `key-reused`
 */
export async function claimOnce(
  sql: Sql,
  { by, once, subject }: { by: AuditEntry["by"]; once: Once; subject: string },
): Promise<string | undefined> {
  const owner = `key/${by.signer.key}`;
  const [outcome] = await claimKeys(sql, [{ owner, ...once, subject }]);
  if (outcome!.kind === "first") return undefined;
  if (outcome!.kind === "repeat") return outcome!.subject;
  throw new Refused("key-reused", {}, "take a new key for a new request");
}
