import type { Unpriced } from "@wadi/core/rating";
import type { TenantId } from "@wadi/core/units";
import { unagreedUsage, unpricedUsage, unsoldPackage, type SettlementId } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../db/index.ts";
import type { MeteredUsage } from "../metering/index.ts";
import type { UnsoldPackage } from "../rating/index.ts";

/** What is in no tenant's bill, and why. */
export interface Unbilled {
  /** No price holds for it: its tenant's month cannot be billed, nor published. */
  readonly unpriced: readonly { readonly tenant: TenantId; readonly usage: Unpriced }[];
  /** Nor while a package is bought that is not sold. */
  readonly unsold: readonly (UnsoldPackage & { readonly tenant: TenantId })[];
  /** Metered while nothing was agreed: it is told, and stops nothing. */
  readonly unagreed: readonly MeteredUsage[];
}

/** Puts them in place of those that were there. */
export async function saveUnbilled(sql: Sql, id: SettlementId, all: Unbilled): Promise<void> {
  const rows = [
    ...all.unpriced.map(({ tenant, usage }) => [tenant, z.encode(unpricedUsage, usage)] as const),
    ...all.unsold.map(
      (one) => [one.tenant, z.encode(storedUnsold, withWhy(one, notSold))] as const,
    ),
    ...all.unagreed.map(
      (one) => [one.tenant, z.encode(storedUnagreed, withWhy(one, notAgreed))] as const,
    ),
  ];
  await sql`delete from settlement_unpriced where settlement = ${id}`;
  await sql`
    insert into settlement_unpriced (settlement, place, tenant, usage)
    select ${id}::uuid, place, tenant, usage from unnest(
      ${rows.map(([tenant]) => tenant)}::text[],
      ${rows.map(([, usage]) => json(usage))}::json[])
      with ordinality as one (tenant, usage, place)`;
}

/** In their order. */
export async function readUnbilled(sql: Sql, id: SettlementId) {
  const rows = await sql<{ tenant: TenantId; usage: { readonly why: string } }>`
    select tenant, usage from settlement_unpriced where settlement = ${id} order by place`;
  const sorts = Map.groupBy(rows, ({ usage: { why } }) =>
    why === notSold || why === notAgreed ? why : null,
  );
  const of = (sort: typeof notSold | typeof notAgreed | null) => sorts.get(sort) ?? [];
  return {
    unpriced: of(null).map(({ tenant, usage }) => {
      return { tenant, usage: unpricedUsage.parse(usage) };
    }),
    unsold: of(notSold).map(({ usage }) => unsoldPackage.parse(usage)),
    unagreed: of(notAgreed).map(({ usage }) => unagreedUsage.parse(usage)),
  };
}

/** Rows of usage without a price say why in the words of the API; the others in these. */
const [notSold, notAgreed] = ["not-sold", "nothing-agreed"] as const;
const storedUnsold = unsoldPackage.extend({ why: z.literal(notSold) });
const storedUnagreed = unagreedUsage.extend({ why: z.literal(notAgreed) });
const withWhy = <T extends object, W extends string>(one: T, why: W) => ({ ...one, why });
