import type { Hub } from "../context.ts";
import { readAbandoned, removeBodies } from "./store.ts";

const abandonedAfterMs = 3_600_000;

/** Removes what is left of uploads that were broken off more than an hour ago. */
export async function sweepBrokenUploads({ db, clock, log }: Hub): Promise<void> {
  const before = clock.now().subtract({ milliseconds: abandonedAfterMs });
  const bodies = await readAbandoned(db.sql, before);
  if (bodies.length === 0) return;
  await removeBodies(db.sql, bodies);
  log.info({ uploads: bodies.length }, "removed uploads that were broken off");
}
