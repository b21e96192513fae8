import type { BrokenLaw } from "@wadi/core/job";
import { asId, type JobId } from "@wadi/core/units";
import { readJobTrail } from "@wadi/hub";

import { tailsOf, type TestRegion } from "./test-region.ts";

/** The laws that a region breaks, with all that helps to see why, as text. */
export async function tellBroken(
  region: TestRegion,
  broken: readonly BrokenLaw[],
): Promise<string[]> {
  const laws = broken.slice(0, 20).map(({ law, detail }) => `BROKEN: ${law}: ${detail}`);
  return [...laws, ...(await trailsOf(region, laws.join(" "))), tailsOf(region)];
}

/** What happened to the jobs that are named, and when their processes lived. */
async function trailsOf(region: TestRegion, text: string): Promise<string[]> {
  const ids = new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));
  const spells = region.spells();
  const jobs = new Set([...ids].map((id) => spells.find(({ run }) => run === id)?.job ?? id));
  const trails = [...jobs].slice(0, 5).map(async (id) => {
    const trail = await region.hubs[0]!.withDb(({ sql }) => readJobTrail(sql, asId<JobId>(id)));
    const lived = spells
      .filter(({ job }) => job === id)
      .map(
        ({ run, centre, fromMs, toMs }) => `${iso(fromMs)} to ${iso(toMs)}: ${run} at ${centre}`,
      );
    return [`--- job ${id}:`, ...trail, ...lived];
  });
  return (await Promise.allSettled(trails)).flatMap((one) =>
    one.status === "fulfilled" ? one.value : [`no trail: ${String(one.reason)}`],
  );
}

const iso = (ms: number | null) => (ms === null ? "now" : new Date(ms).toISOString());
