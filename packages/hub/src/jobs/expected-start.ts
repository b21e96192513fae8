import type { JobId } from "@wadi/core/units";
import type { estimatedStart } from "@wadi/protocol";
import type { z } from "zod";

import type { Sql } from "../db/index.ts";
import { startAt } from "./start-curve.ts";
import { readKnownStarts, type BookedStart, type KnownStart } from "./start-store.ts";

export type EstimatedStart = z.output<typeof estimatedStart>;

/** What the leader has said of the start of one job that waits: expected, and promised. */
export async function startOf(
  sql: Sql,
  job: JobId,
): Promise<{ expected: EstimatedStart | null; promised: BookedStart | null }> {
  const [one] = await readKnownStarts(sql, [job]);
  if (!one) return { expected: null, promised: null };
  const { pool, startAt: at } = one;
  const promised = pool !== null && at !== null ? { job, pool, startAt: at } : null;
  return { expected: expectedStart(one) ?? null, promised };
}

/** When those of these jobs that wait are expected to start, as far as the leader has said. */
export async function expectedStarts(
  sql: Sql,
  jobs: readonly JobId[],
): Promise<Map<JobId, EstimatedStart>> {
  const known = await readKnownStarts(sql, jobs);
  return new Map(
    known.flatMap((one) => {
      const start = expectedStart(one);
      return start ? [[one.job, start]] : [];
    }),
  );
}

/** A booked start is a promise: nothing that is expected is later. */
function expectedStart({ curve, place, pool, startAt: booked }: KnownStart) {
  const latest = booked?.epochMilliseconds ?? Infinity;
  const point = startAt(curve ?? [], place) ?? { p50: latest, p90: latest };
  if (point.p90 === Infinity) return undefined;
  return {
    p50: Temporal.Instant.fromEpochMilliseconds(Math.min(point.p50, latest)),
    p90: Temporal.Instant.fromEpochMilliseconds(Math.min(point.p90, latest)),
    pool,
  };
}
