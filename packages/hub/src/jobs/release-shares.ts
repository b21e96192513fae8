import { noMoney, type JobId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { releaseHolds } from "../ledger/index.ts";
import type { StoredJob } from "./store.ts";

/**
 * Frees what is still held for jobs that end without a run to charge.
 * @returns the jobs with nothing held; the caller saves them
 */
export async function releaseShares(
  sql: Sql,
  jobs: readonly StoredJob[],
  at: Temporal.Instant,
): Promise<Map<JobId, StoredJob>> {
  if (jobs.length === 0) return new Map();
  await releaseHolds(
    sql,
    jobs.map(({ id, submission, tenant, share }) => ({
      hold: submission,
      fact: `release/${id}`,
      job: id,
      tenant,
      at,
      cash: share.cash,
      voucher: share.voucher,
      programme: share.programme,
    })),
  );
  return new Map(
    jobs.map((job) => [
      job.id,
      { ...job, share: { ...job.share, cash: noMoney, voucher: noMoney } },
    ]),
  );
}
