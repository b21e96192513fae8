import { Counter } from "prom-client";

import { isStillSilent, readSilent } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import { loseCentre } from "../jobs/index.ts";

/**
 * Gives up the runs of centres that were not heard for a whole lease and the margin: their agents
 * have stopped by then what may be run again elsewhere. For the leader, every few seconds.
 *
 * @returns how many runs were given up
 */
export async function loseSilentCentres(hub: Hub): Promise<number> {
  const { leaseMs, leaseMarginMs } = hub.config.timings;
  const since = hub.clock.now().subtract({ milliseconds: leaseMs + leaseMarginMs });
  let lost = 0;
  for (const centre of await readSilent(hub.db.sql, since)) {
    const gone = await hub.db.transaction(async (sql) => {
      if (!(await isStillSilent(sql, centre, since))) return 0; // it was heard a moment ago
      const count = await loseCentre(hub, sql, centre);
      if (count > 0) await hub.signals.raise(sql, "round");
      return count;
    });
    if (gone > 0) hub.log.warn({ centre, runs: gone }, "gave up the runs of a silent centre");
    lost += gone;
  }
  return lost;
}

/** `loseSilentCentres` as a sweep that counts what it gives up. */
export function silenceSweep({ metrics }: Hub): (hub: Hub) => Promise<void> {
  const givenUp = new Counter({
    name: "wadi_link_runs_given_up_total",
    help: "Runs given up because their centre was silent for longer than its lease.",
    registers: [metrics],
  });
  return async (hub) => givenUp.inc(await loseSilentCentres(hub));
}
