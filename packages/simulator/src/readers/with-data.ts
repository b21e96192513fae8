import { asId, type PlaceId } from "@wadi/core/units";
import { dataSets } from "../generator/data-sets.ts";
import { random } from "../generator/random.ts";
import type { TracedData, TracedJob } from "./traced-job.ts";

/** Data for the jobs of a trace that knows of none. */
export interface AddedData {
  /** How many of the jobs need some: 0 to 1. */
  readonly share: number;
  /** Where it may lie. */
  readonly places: readonly string[];
}

/** How many data sets a tenant has. */
const setsEach = 3;

/**
 * The jobs, of which `share` read one of their tenant's data sets; what a job has already stays.
 * What a tenant has depends on the seed and its name, what a job reads on the seed and its id.
 */
export function withData(
  jobs: readonly TracedJob[],
  { share, places, seed }: AddedData & { readonly seed: number },
): TracedJob[] {
  const chance = random(seed).fork("data");
  const known = new Map<string, readonly TracedData[]>();
  const lieAt = places.toSorted().map((place) => asId<PlaceId>(place));
  return jobs.map((job) => {
    if (job.data.length > 0) return job;
    const own = chance.fork(`job ${job.id}`);
    if (own.uniform() >= share) return job;
    const sets =
      known.get(job.tenant) ??
      dataSets(chance.fork(`tenant ${job.tenant}`), { count: setsEach, places: lieAt });
    known.set(job.tenant, sets);
    return { ...job, data: [sets[own.below(sets.length)]!] };
  });
}
