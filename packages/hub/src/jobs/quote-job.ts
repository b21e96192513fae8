import { quote, type Snapshot } from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";
import { noMoney, times, type TenantId } from "@wadi/core/units";
import { sharesFor } from "@wadi/core/vouchers";
import type { quote as quoteView } from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import { vouchersOf } from "../vouchers/index.ts";
import { reasonView, viewOfCandidate } from "./candidate-json.ts";
import { refusalOfCards } from "./refusal-of.ts";
import { readSnapshot } from "./snapshot.ts";
import { shapeAfter } from "./spec-document.ts";

/**
 * What a job would cost in each pool, when it would start, and why not elsewhere: what the next
 * round would decide if the job were alone in the queue. For an array the amounts are those of
 * all its jobs, the candidates those of one.
 * @throws Refused when the spec names a card model that there is not
 */
export async function quoteJob(
  hub: Hub,
  spec: JobSpec,
  tenant: TenantId | null,
): Promise<z.output<typeof quoteView>> {
  const unknown = refusalOfCards(spec);
  if (unknown) throw unknown;
  const snapshot: Snapshot = await readSnapshot(hub, hub.db.sql, { queue: [], arrays: new Map() });
  const quoted = quote(shapeAfter(spec, noMoney), snapshot);

  const vouchers =
    tenant === null ? undefined : await vouchersOf(hub.db.sql, [tenant], snapshot.now);
  const voucher = tenant === null ? undefined : vouchers?.get(tenant);
  const count = spec.array?.count ?? 1;
  const parts = sharesFor(quoted.most, voucher ?? null);
  const first = quoted.candidates[0];
  return {
    at: quoted.at,
    candidates: quoted.candidates.map(viewOfCandidate),
    mostItCanCost: times(quoted.most, count),
    voucherPart: times(parts.voucher, count),
    verdict: quoted.verdict,
    reason: quoted.verdict === "starts-now" || !first?.reason ? null : reasonView(first.reason),
  };
}
