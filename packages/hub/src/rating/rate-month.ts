import {
  monthOf,
  rate,
  ratePacts,
  stretchesIn,
  type Agreement,
  type Pact,
  type PackageBalance,
  type PriceList,
  type RatedMonth,
} from "@wadi/core/rating";

import type { Sql } from "../db/index.ts";
import { usageOfTenant } from "../metering/index.ts";
import { billOf, type TenantMonth } from "./bill-store.ts";
import { checkedList } from "./check.ts";
import { approvedAgreements, readAgreement, readList } from "./store.ts";

type Month = Temporal.PlainYearMonth;

/** What holds on some days of a tenant's month, and which revisions say so. */
export interface StoredPact extends Pact {
  readonly listRevision: number;
  readonly agreementRevision: number;
}

/** A part of a month, by one agreement. */
export interface RatedPart extends StoredPact {
  readonly rated: RatedMonth;
}

/**
 * What rates a tenant's month, in order of time; none where nothing is agreed in it. Before it is
 * billed this is what is approved now. From its first bill on it is what that bill says: whatever
 * is put later, the month rated again from the same usage is the same, byte for byte.
 */
export async function pactsOf(sql: Sql, { tenant, month }: TenantMonth): Promise<StoredPact[]> {
  const first = await billOf(sql, { tenant, month, which: "first" });
  if (first) {
    const found = first.parts.map(async ({ from, until, ...part }) => {
      const { list, listRevision, agreementRevision } = part;
      const stored = await readAgreement(sql, tenant, agreementRevision);
      const prices = checkedList((await readList(sql, list, listRevision))!.list);
      const { agreement } = stored!;
      return { from, until, list: prices, agreement, listRevision, agreementRevision };
    });
    return Promise.all(found);
  }
  const stretches = stretchesIn(month, await approvedAgreements(sql, tenant));
  return Promise.all(
    stretches.map(async ({ from, until, of: { agreement, revision } }) => {
      const { list, revision: listRevision } = (await readList(sql, agreement.list, "held"))!;
      const prices = checkedList(list); // agreements are made with a list that was approved
      return { from, until, list: prices, agreement, listRevision, agreementRevision: revision };
    }),
  );
}

/**
 * Rates a tenant's month, part by part: usage as it stands, late and corrected readings in it. What
 * is left of packages comes from the months before.
 */
export async function rateTenantMonth(sql: Sql, of: TenantMonth): Promise<RatedPart[]> {
  const pacts = await pactsOf(sql, of);
  if (pacts.length === 0) return [];
  const { month } = of;
  const { timeZone } = pacts[0]!.list;
  const first = await firstPackageMonth(sql, of);
  const times = { from: monthOf({ timeZone }, first).from, until: monthOf({ timeZone }, month).to };
  const usage = await usageOfTenant(sql, { tenant: of.tenant, ...times });
  let carried: readonly PackageBalance[] = [];
  for (let at = first; !at.equals(month); at = at.add({ months: 1 })) {
    const before = await pactsOf(sql, { tenant: of.tenant, month: at });
    ({ carried } = ratePacts({ usage, month: at, pacts: before, carried }));
  }
  const { rated } = ratePacts({ usage, month, pacts, carried });
  return pacts.map((pact, i) => ({ ...pact, rated: rated[i]! }));
}

/** Months before one, in order, that packages may go on from into it and that were not billed. */
export async function unbilledBefore(sql: Sql, of: TenantMonth): Promise<Month[]> {
  const found: Month[] = [];
  for (
    let at = await firstPackageMonth(sql, of);
    !at.equals(of.month);
    at = at.add({ months: 1 })
  ) {
    const before = { tenant: of.tenant, month: at };
    const isBilled = (await billOf(sql, { ...before, which: "first" })) !== undefined;
    if (!isBilled && (await pactsOf(sql, before)).length > 0) found.push(at);
  }
  return found;
}

/** The first month that packages were bought in, where that is before the month; else the month. */
export async function firstPackageMonth(sql: Sql, { tenant, month }: TenantMonth): Promise<Month> {
  const starts = (await approvedAgreements(sql, tenant)).flatMap(({ agreement }) =>
    agreement.packages.map(({ from }) => latest(from, agreement.from?.toPlainYearMonth() ?? from)),
  );
  return starts.filter((start) => compare(start, month) < 0).sort(compare)[0] ?? month;
}

/** A tenant's month by a list and an agreement, as if they held all along. */
export async function rateWith(
  sql: Sql,
  of: TenantMonth & { readonly list: PriceList; readonly agreement: Agreement },
): Promise<RatedMonth> {
  const { tenant, month, list, agreement } = of;
  const starts = agreement.packages
    .map(({ from }) => from)
    .filter((from) => compare(from, month) < 0)
    .sort(compare);
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

const compare = Temporal.PlainYearMonth.compare;
const latest = (a: Month, b: Month) => (compare(a, b) > 0 ? a : b);
