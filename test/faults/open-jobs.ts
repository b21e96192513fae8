import type { TestRegion } from "../region/test-region.ts";

/** How many jobs are not over. */
export const openJobs = ({ hubs }: TestRegion): Promise<number> =>
  hubs[0]!.withDb(async ({ sql }) => {
    const [row] = await sql<{ jobs: number }>`
      select count(*)::int as jobs from jobs
      where state in ('blocked', 'queued', 'placed', 'running')`;
    return row!.jobs;
  });
