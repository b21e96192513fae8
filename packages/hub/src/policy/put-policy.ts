import type { Policy } from "@wadi/core/dispatch";

import type { Hub } from "../context.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { checkPolicy } from "./check-policy.ts";
import { insertPolicy, lastVersion, lockPolicies, type PolicyVersion } from "./store.ts";

/**
 * Makes the next version of the policy; it holds from the next round on.
 * @throws Refused `invalid-request` with every wrong field
 */
export async function putPolicy(
  hub: Hub,
  { policy, by }: { policy: Policy; by: AuditEntry["by"] },
): Promise<PolicyVersion> {
  checkPolicy(policy);
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockPolicies(sql);
    const version = (await lastVersion(sql)) + 1;
    const made: PolicyVersion = { version, policy, madeAt: at, madeBy: by.signer.key };
    await insertPolicy(sql, made);
    const facts = { version };
    await audit(sql, { by, at, action: "policy.put", subject: `policy/${version}`, facts });
    await hub.signals.raise(sql, "round");
    return made;
  });
}
