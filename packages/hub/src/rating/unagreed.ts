import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { meteredTenants, sumMetered, type MeteredUsage } from "../metering/index.ts";
import { pactsOf, type StoredPact } from "./rate-month.ts";
import { agreedTenants } from "./store.ts";

/** A month, and when it begins and ends for tenants that have no list to say so. */
export interface MonthTime {
  readonly month: Temporal.PlainYearMonth;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
}

/**
 * What was metered of tenants in a month, on days on which nothing is agreed with them: nobody is
 * billed for it. Runs are not in it, since they are charged by their pools' prices. By tenant, and
 * each stretch of such days by itself.
 */
export async function unagreedIn(sql: Sql, time: MonthTime): Promise<readonly MeteredUsage[]> {
  const agreed = new Set(await agreedTenants(sql));
  const times = [];
  for (const tenant of await meteredTenants(sql)) {
    const pacts = agreed.has(tenant) ? await pactsOf(sql, { tenant, month: time.month }) : [];
    times.push(...besides(pacts, { tenant, ...time }));
  }
  return times.length === 0 ? [] : sumMetered(sql, times);
}

/** Days of a month on which no agreement holds: from and to midnights of the lists beside them. */
function besides(
  pacts: readonly StoredPact[],
  { tenant, month, from, until }: MonthTime & { readonly tenant: TenantId },
) {
  const [first, last] = [pacts[0], pacts.at(-1)];
  if (!first || !last) return [{ tenant, from, until }];
  const day = month.toPlainDate({ day: 1 });
  const starts = [midnight(day, first), ...pacts.map((pact) => midnight(pact.until, pact))];
  const ends = [
    ...pacts.map((pact) => midnight(pact.from, pact)),
    midnight(day.add({ months: 1 }), last),
  ];
  return starts
    .map((start, i) => ({ tenant, from: start, until: ends[i]! }))
    .filter((one) => Temporal.Instant.compare(one.from, one.until) < 0);
}

const midnight = (day: Temporal.PlainDate, { list }: StoredPact): Temporal.Instant =>
  day.toZonedDateTime(list.timeZone).toInstant();
