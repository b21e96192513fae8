import type { RunsOfJob } from "../metering/index.ts";
import type { Hub } from "../context.ts";
import { jobOf } from "./routes.ts";
import { readRunsOf } from "./run-store.ts";

/** The runs of the job that a call names, by id, for areas that know only runs. */
export function runsOfJob(hub: Hub): RunsOfJob {
  return async (call) => {
    const job = await jobOf(hub, call);
    return (await readRunsOf(hub.db.sql, [job.id])).map(({ id }) => id).toSorted();
  };
}
