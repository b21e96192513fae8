import type { Booking, Scarcity, Shape } from "@wadi/core/dispatch";
import type { JobId, TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** What rounds know, for one job that asks; of the queue only the hub that leads knows anything. */
export interface Ahead {
  /** What rounds count cards as worth now, beyond their price. */
  scarcity(sql: Sql): Promise<Scarcity | null>;
  /**
   * Starts that the last round promised to other jobs: of one that waits, to those before it.
   * None where this hub does not lead.
   */
  promised(job: JobId | null): readonly Booking[];
  /** When such a job is expected to start if it came now: behind all that waits before it. */
  startOf(
    shape: Shape,
    tenant: TenantId,
  ): { readonly p50Ms: number; readonly p90Ms: number } | undefined;
}
