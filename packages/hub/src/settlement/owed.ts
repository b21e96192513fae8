import { noMoney, plus, type MicroYuan } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { standingOf } from "./post-groups.ts";

/** What each provider has earned and was not paid, less what it owes; not below zero. */
export async function payableAfterDebts(sql: Sql): Promise<Map<string, MicroYuan>> {
  const overpaid = await standingOf(sql, "overpaid");
  const payable = await standingOf(sql, "payable");
  return new Map(
    [...payable].map(([provider, amount]) => {
      const left = plus(amount, overpaid.get(provider) ?? noMoney);
      return [provider, left > noMoney ? left : noMoney];
    }),
  );
}
