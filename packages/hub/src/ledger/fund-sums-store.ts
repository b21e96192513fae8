import type { AccountKind } from "@wadi/core/ledger";
import type { FundId, MicroYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** What stands on all accounts of one kind in a fund's book. */
export interface FundSum {
  readonly kind: AccountKind;
  /** Credits less debits. */
  readonly all: MicroYuan;
  /** Of vouchers of the programmes that were asked for. */
  readonly own: MicroYuan;
}

/** By kind; kinds that were never used are left out. */
export async function sumFund(
  sql: Sql,
  { fund, programmes }: { fund: FundId; programmes: readonly string[] },
): Promise<FundSum[]> {
  return sql<FundSum>`
    select split_part(path, '/', 1) as kind, sum(credits - debits)::bigint as "all",
      coalesce(sum(credits - debits) filter (
        where split_part(path, '/', 3) = any(${programmes}::text[])), 0)::bigint as own
    from accounts where book = ${`fund/${fund}`} group by 1 order by 1`;
}
