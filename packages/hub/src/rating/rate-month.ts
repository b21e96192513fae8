import {
  monthOf,
  rate,
  type Agreement,
  type PackageBalance,
  type PriceList,
  type RatedMonth,
} from "@wadi/core/rating";
import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { usageOfTenant } from "../metering/index.ts";
import { checkedList } from "./check.ts";
import { readAgreement, readList } from "./store.ts";

/** A tenant's month by the revisions that hold now. */
export interface TenantMonth {
  readonly rated: RatedMonth;
  readonly listRevision: number;
  readonly agreementRevision: number;
}

/**
 * Rates a tenant's month by its agreement: usage as it stands, late and corrected readings in it.
 * @returns undefined for a tenant without an agreement
 */
export async function rateTenantMonth(
  sql: Sql,
  { tenant, month }: { tenant: TenantId; month: Temporal.PlainYearMonth },
): Promise<TenantMonth | undefined> {
  const agreed = await readAgreement(sql, tenant, null);
  if (!agreed) return undefined;
  const stored = await readList(sql, agreed.agreement.list, null);
  const list = checkedList(stored!.list); // agreements are made with a list that there is
  const rated = await rateWith(sql, { tenant, month, list, agreement: agreed.agreement });
  return { rated, listRevision: stored!.revision, agreementRevision: agreed.revision };
}

/** A tenant's month by a list and an agreement; what is carried comes from the months before. */
export async function rateWith(
  sql: Sql,
  of: {
    readonly tenant: TenantId;
    readonly month: Temporal.PlainYearMonth;
    readonly list: PriceList;
    readonly agreement: Agreement;
  },
): Promise<RatedMonth> {
  const { tenant, month, list, agreement } = of;
  const starts = agreement.packages
    .map(({ from }) => from)
    .filter((from) => Temporal.PlainYearMonth.compare(from, month) < 0)
    .sort(Temporal.PlainYearMonth.compare);
  const first = starts[0] ?? month;
  const [from, until] = [monthOf(list, first).from, monthOf(list, month).to];
  const usage = await usageOfTenant(sql, { tenant, from, until });
  let carried: readonly PackageBalance[] = [];
  for (let at = first; ; at = at.add({ months: 1 })) {
    const rated = rate({ usage, list, agreement, month: at, carried });
    if (at.equals(month)) return rated;
    carried = rated.carried;
  }
}
