import type { PackageId, PriceListId, Unpriced } from "@wadi/core/rating";
import { measures } from "@wadi/core/metering";
import { unpricedUsage } from "@wadi/protocol";
import { z } from "zod";

import { Refused } from "../refused.ts";
import type { TenantMonth } from "./bill-store.ts";
import type { RatedPart } from "./rate-month.ts";

/** Something of a tenant's month that cannot be billed: the list says no price for it. */
export interface UnpricedMonth extends TenantMonth {
  readonly unpriced: readonly Unpriced[];
  readonly unsold: readonly UnsoldPackage[];
  /** In a sentence each, with the list and its revision. */
  readonly told: readonly string[];
}

/** A package that an agreement buys and its list does not sell. */
export interface UnsoldPackage {
  readonly package: PackageId;
  readonly list: PriceListId;
  readonly revision: number;
}

/** @returns undefined where all has a price */
export function unpricedOf(
  of: TenantMonth,
  parts: readonly RatedPart[],
): UnpricedMonth | undefined {
  const told = parts.flatMap(({ rated, listRevision }) => {
    const list = `${rated.list}, revision ${listRevision},`;
    return [
      ...rated.unpriced.map((one) => `${list} has no price for ${usageOf(one)}`),
      ...rated.unsold.map((id) => `${list} sells no package ${id}, which the agreement buys`),
    ];
  });
  if (told.length === 0) return undefined;
  const unsold = parts.flatMap(({ rated: { list, unsold: ids }, listRevision: revision }) =>
    ids.map((id): UnsoldPackage => ({ package: id, list, revision })),
  );
  return { ...of, unpriced: parts.flatMap(({ rated }) => rated.unpriced), unsold, told };
}

/** The refusal of a month, with what of whom has no price and the cure; of one tenant or more. */
export function refusalOf(
  month: Temporal.PlainYearMonth,
  months: readonly UnpricedMonth[],
): Refused {
  const all = months.flatMap(({ tenant, told }) => told.map((one) => `${tenant}: ${one}`));
  const shown = all.slice(0, shownMax).join("; ");
  const more = all.length > shownMax ? `; and ${all.length - shownMax} more` : "";
  const cure = "put a revision of the list with an item for it, or with its measure in free";
  const facts = months.slice(0, shownMax).map(({ tenant, unpriced }) => ({
    tenant,
    unpriced: z.encode(z.array(unpricedUsage), unpriced.slice(0, shownMax)),
  }));
  const detail = `${month} cannot be billed: ${shown}${more}; ${cure}, and have it approved`;
  return new Refused("unpriced", { month: `${month}`, tenants: facts }, detail);
}

/** More are counted, not listed. */
const shownMax = 20;

function usageOf({ measure, basis, attributes, from, to, quantity }: Unpriced): string {
  const which = Object.entries(attributes).map(([name, value]) => `${name} ${value}`);
  const of = which.length === 0 ? "" : ` of ${which.join(", ")}`;
  return `${measure} (${basis})${of}, ${quantity} ${measures[measure].unit} from ${from} to ${to}`;
}
