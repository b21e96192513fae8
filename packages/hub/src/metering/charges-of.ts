import type { Charge } from "@wadi/core/metering";
import type { RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findCharges } from "./charge-store.ts";

/** The charges of runs, as the API shows them; runs that have not ended are left out. */
export async function chargesOf(
  sql: Sql,
  runs: readonly RunId[],
): Promise<Map<RunId, Charge & { readonly chargedAt: Temporal.Instant }>> {
  const found = await findCharges(sql, runs);
  return new Map([...found].map(([run, { charge, chargedAt }]) => [run, { ...charge, chargedAt }]));
}
