import type { TenantId } from "@wadi/core/units";
import { maxMin } from "../measure/index.ts";
import type { SimResult } from "../result.ts";

/**
 * What each tenant received ÷ what it was entitled to, until the last submission: card-time of last
 * runs beside the max-min share of what all received, by equal weights, never more than the tenant
 * ran and waited for. In the order of their ids; who asked for nothing is left out.
 */
export function sharesOf({ jobs }: SimResult): { tenant: TenantId; share: number }[] {
  const lastMs = jobs.reduce((last, { submittedMs }) => Math.max(last, submittedMs), -Infinity);
  const tenants = new Map<TenantId, { asked: number; received: number; weight: number }>();
  for (const { tenant, cards, submittedMs, startedMs, endedMs } of jobs) {
    const own = tenants.get(tenant) ?? { asked: 0, received: 0, weight: 1 };
    tenants.set(tenant, own);
    const endMs = Math.min(endedMs ?? lastMs, lastMs);
    own.asked += cards * (endMs - submittedMs);
    if (startedMs !== null) own.received += cards * Math.max(0, endMs - startedMs);
  }
  const all = [...tenants.values()];
  const received = all.reduce((sum, one) => sum + one.received, 0);
  const entitled = maxMin(received, all);
  return [...tenants]
    .map(([tenant, own], at) => ({ tenant, share: own.received / entitled[at]! }))
    .filter(({ share }) => Number.isFinite(share))
    .toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
}
