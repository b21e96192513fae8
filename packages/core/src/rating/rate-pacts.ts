import type { Agreement } from "./agreement.ts";
import { carriedOver, type PackageBalance } from "./package-balances.ts";
import type { PriceList } from "./price-list.ts";
import { rate, type RatedMonth, type RatingOrder } from "./rate.ts";
import type { Days } from "./stretches.ts";

/** What holds on some days of a month: an agreement, and the list that it is of. */
export interface Pact extends Days {
  readonly list: PriceList;
  readonly agreement: Agreement;
}

/**
 * Prices a month by all that was agreed in it: each use by what holds on its day. Days without an
 * agreement are in none of it. Packages are bought by the first agreement of a month; what is left
 * of them goes on into the next, where that is of the same list.
 *
 * @param pacts  in order of time
 */
export function ratePacts(
  order: Pick<RatingOrder, "usage" | "month"> & {
    readonly pacts: readonly Pact[];
    readonly carried: readonly PackageBalance[];
  },
): { readonly rated: readonly RatedMonth[]; readonly carried: readonly PackageBalance[] } {
  const { usage, month, pacts } = order;
  const rated: RatedMonth[] = [];
  let { carried } = order;
  for (const [i, { list, agreement, from, until }] of pacts.entries()) {
    const days = { from, until };
    const one = rate({ usage, month, list, agreement, days, buys: i === 0, carried });
    rated.push(one);
    carried = one.carried;
  }
  return { rated, carried: carriedOver(carried, month) };
}
