import type { JobId } from "@wadi/core/units";
import { routes, type JobView } from "@wadi/protocol";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";

/** A whole id, and its end: as much of it as is asked for. */
export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const idEndPattern = /^[0-9a-f-]{4,}$/;
const jobsLookedAt = 1000;

/**
 * The job that is meant: by its id, by the end of an id among the last 1,000 jobs, else by name,
 * the newest one of that name.
 * @throws Failure when there is none, or when several ids end so
 */
export async function findJob({ client }: Context, typed: string): Promise<JobId> {
  if (uuidPattern.test(typed)) return typed as JobId;
  const hub = await client();
  if (idEndPattern.test(typed)) {
    const { items } = await hub.call(routes.listJobs, { query: { limit: jobsLookedAt } });
    const fitting = items.filter(({ id }) => id.endsWith(typed));
    if (fitting.length > 1) throw ambiguous(typed, fitting);
    if (fitting[0]) return fitting[0].id;
  }
  const { items } = await hub.call(routes.listJobs, { query: { name: typed, limit: 1 } });
  if (items[0]) return items[0].id;
  throw new Failure("notFound", `there is no job "${typed}" of yours`, [
    "give a job's name, its id, or the last 4 or more digits of its id; see wadi jobs",
  ]);
}

function ambiguous(typed: string, jobs: readonly JobView[]): Failure {
  const shown = jobs.slice(0, 10).map(({ id, name, state }) => `  ${id}  ${name}  ${state}`);
  return new Failure("usage", `${jobs.length} ids end in "${typed}"; give more of it`, shown);
}
