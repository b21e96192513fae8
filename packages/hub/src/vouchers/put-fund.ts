import type { Hub } from "../context.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { saveFund, type Fund } from "./store.ts";

/** Opens a fund or changes its name. */
export function putFund(hub: Hub, fund: Fund, by: AuditEntry["by"]): Promise<Fund> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const isNew = await saveFund(sql, fund, at);
    const facts = { name: fund.name, isNew };
    await audit(sql, { by, at, action: "fund.put", subject: `fund/${fund.id}`, facts });
    return fund;
  });
}
