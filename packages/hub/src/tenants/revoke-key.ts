import type { KeyId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "./audit-store.ts";
import { isWithin } from "./key-rules.ts";
import { markRevoked, readKey } from "./key-store.ts";
import type { KeyCheck } from "./sign-in.ts";

/**
 * Revokes a key for good: here at once, at other hubs within seconds. Revoking it again succeeds
 * and changes nothing.
 * @throws Refused `not-found` also for a key that is not within the caller's scope
 */
export async function revokeKey(
  { hub, keyCheck }: { hub: Hub; keyCheck: KeyCheck },
  by: AuditEntry["by"],
  id: KeyId,
): Promise<void> {
  const key = await hub.db.transaction(async (sql) => {
    const found = await readKey(sql, id);
    if (!found || !isWithin(by.signer, found.scope)) {
      throw new Refused("not-found", {}, `there is no key ${id} of yours`);
    }
    const at = hub.clock.now();
    const changed = await markRevoked(sql, id, at);
    if (changed) await audit(sql, { by, at, action: "key.revoke", subject: `key/${id}` });
    return found;
  });
  keyCheck.forget(key);
}
