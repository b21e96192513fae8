import type { SourceId } from "@wadi/core/metering";

import type { Hub } from "../context.ts";
import { Refused } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { insertMeterKey, type MeterKey } from "./meter-key-store.ts";

/**
 * Registers what a source's readings are signed with; the same again changes nothing. It stays for
 * ever, so that a stolen credential alone cannot put another one in its place.
 * @throws Refused `wrong-state` where the source has another key
 */
export function putMeterKey(
  hub: Pick<Hub, "db" | "clock">,
  of: { signer: string; source: SourceId; signingKey: string; by: AuditEntry["by"] },
): Promise<MeterKey> {
  const { signer, source, by } = of;
  const signingKey = Buffer.from(of.signingKey, "base64");
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const fresh = { signer, source, signingKey, madeAt: at };
    const { key, isNew } = await insertMeterKey(sql, fresh, by.signer.key);
    if (!key.signingKey.equals(signingKey)) {
      const cure = "sign with that one, or send under another source";
      const detail = `"${source}" of ${signer} has another key since ${key.madeAt}; ${cure}`;
      throw new Refused("wrong-state", { signer, source }, detail);
    }
    const facts = { signer, source, signingKey: of.signingKey };
    const subject = `meter-key/${source}`;
    if (isNew) await audit(sql, { by, at, action: "meter-key.put", subject, facts });
    return key;
  });
}
