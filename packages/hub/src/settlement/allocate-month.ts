import { splitCost } from "@wadi/core/settlement";

import type { Sql } from "../db/index.ts";
import type { Month } from "./month-store.ts";
import { saveShares } from "./result-store.ts";
import { readProjects } from "./terms-store.ts";
import { cashByTenant, sumCharges } from "./usage-store.ts";

/** The one project of a tenant that named none. */
const wholeTenant = "";

/**
 * Sums the month's charges up, and splits what each tenant pays over its projects: the parts are
 * the whole, the last absorbs the remainder.
 */
export async function allocateMonth(sql: Sql, month: Month): Promise<void> {
  await sumCharges(sql, month);
  const projects = await readProjects(sql);
  const costs = await cashByTenant(sql, month);
  const shares = costs.flatMap(({ tenant, cash }) => {
    const own = projects.get(tenant) ?? [{ project: wholeTenant, weight: 1n }];
    return splitCost(cash, own).map((share) => ({ tenant, ...share }));
  });
  await saveShares(sql, month.id, shares);
}
