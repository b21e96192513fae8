import { monthStates } from "@wadi/core/settlement";
import { total } from "@wadi/core/units";
import type { ReplyOf, settlementRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { snapshot } from "../statements/index.ts";
import { listDirect } from "./direct-store.ts";
import { findMonth, listSteps, type Month } from "./month-store.ts";
import { notOpened } from "./open-month.ts";
import { listDues, listFindings, listShares } from "./result-store.ts";
import { readUnbilled } from "./unbilled-store.ts";
import { totalUsage } from "./usage-store.ts";

/** A month as the API shows it. */
export const viewOfMonth = (month: Month) => ({
  ...month,
  nextSteps: [...monthStates[month.state]],
});

/**
 * A month with all that was worked out of it, as it was at one moment.
 * @throws Refused `not-found`
 */
export function reportMonth(
  { db }: Pick<Hub, "db">,
  month: string,
): Promise<ReplyOf<typeof settlementRoutes.readSettlement>> {
  return snapshot(db, async (sql) => {
    const found = await findMonth(sql, month);
    if (!found) throw notOpened(month);
    const dues = await listDues(sql, found.id);
    const direct = await listDirect(sql, found.id);
    return {
      ...viewOfMonth(found),
      totals: {
        ...(await totalUsage(sql, found.id)),
        due: total(dues.map(({ due }) => due)),
        posted: total(dues.map(({ posted }) => posted)),
        direct: total(direct.map(({ amount }) => amount)),
      },
      dues: dues.map((due) => ({ ...due, models: [...due.models] })),
      direct,
      shares: await listShares(sql, found.id),
      findings: await listFindings(sql, found.id),
      ...(await readUnbilled(sql, found.id)),
      steps: (await listSteps(sql, found.id)).map((step) => ({ ...step })),
    };
  });
}
