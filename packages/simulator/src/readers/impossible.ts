import { transfer } from "@wadi/core/capacity";
import type { HostNow, PoolNow, Shape } from "@wadi/core/dispatch";
import type { Fleet } from "../fleet/fleet.ts";
import type { SimJob, Workload } from "../workload.ts";

/**
 * The workload without the jobs that fit no pool of the fleet, even an empty one; these are added
 * to `impossible`, each with why. Looked at: card models, constraints, hosts and gangs, parts of
 * cards, and whether the data can be brought. Not looked at: time, money and other jobs.
 */
export function splitImpossible(
  workload: Workload,
  fleet: Pick<Fleet, "pools" | "links">,
): Workload {
  const known = new Map<Shape, string | null>();
  const jobs: SimJob[] = [];
  const impossible = [...workload.impossible];
  for (const job of workload.jobs) {
    let why = known.get(job.shape);
    if (why === undefined) known.set(job.shape, (why = whyNeverIn(job.shape, fleet)));
    if (why === null) jobs.push(job);
    else impossible.push({ id: job.id, why });
  }
  return { ...workload, jobs, impossible };
}

/** Why no pool can ever run it; null where one can. Of several reasons the one nearest to a fit. */
export function whyNeverIn(
  shape: Shape,
  { pools, links }: Pick<Fleet, "pools" | "links">,
): string | null {
  const models = shape.cards.options.map(({ model }) => model);
  const nearest = { step: 0, why: `no pool has ${models.join(" or ")}` };
  for (const pool of pools) {
    const { step, why } = whyNotHere(shape, pool, links);
    if (why === null) return null;
    if (step > nearest.step) Object.assign(nearest, { step, why });
  }
  return nearest.why;
}

function whyNotHere(
  shape: Shape,
  pool: PoolNow,
  links: Fleet["links"],
): { step: number; why: string | null } {
  const option = shape.cards.options.find(({ model }) => model === pool.model.id);
  if (!option) return { step: 0, why: `no pool has the cards` };
  const outside = outsideConstraints(shape, pool);
  if (outside !== null) return { step: 1, why: outside };

  const { cpu, memory, replicas } = shape;
  if (option.share < 1000 && pool.minimumSlice >= 1000) {
    return { step: 2, why: `asks for a part of a card; ${pool.id} hands out whole cards only` };
  }
  const fits = pool.hosts.reduce(
    (sum, host) => sum + replicasOn(host, { ...option, cpu, memory }),
    0,
  );
  if (fits === 0) {
    const asked = `${option.count} cards, ${cpu / 1000} cores and ${memory} MiB on one host`;
    return { step: 3, why: `asks for ${asked}; no host of ${pool.id} has them` };
  }
  if (fits < replicas) {
    return { step: 4, why: `asks for ${replicas} replicas at once; ${pool.id} holds ${fits}` };
  }
  const lost = shape.data.find(({ places, bytes }) =>
    places.every((from) => transfer(links, { from, to: pool.place, bytes }).kind === "unreachable"),
  );
  if (!lost) return { step: 6, why: null };
  return { step: 5, why: `no link leads from ${lost.places.join(" or ")} to ${pool.place}` };
}

function outsideConstraints(shape: Shape, pool: PoolNow): string | null {
  const { places, domesticOnly, allowCentres, denyCentres } = shape.constraints;
  if (domesticOnly && pool.model.origin !== "domestic") {
    return `asks for domestic cards; ${pool.model.id} is not known to be one`;
  }
  const isAllowed =
    (places.length === 0 || places.includes(pool.place)) &&
    (allowCentres.length === 0 || allowCentres.includes(pool.centre)) &&
    !denyCentres.includes(pool.centre) &&
    !shape.ruledOut.includes(pool.id);
  return isAllowed ? null : `no place or centre that it allows has its cards`;
}

function replicasOn(
  host: HostNow,
  need: { count: number; share: number; cpu: number; memory: number },
): number {
  const perCard = need.share < 1000 ? Math.floor(1000 / need.share) : 1;
  return Math.min(
    Math.floor(host.cards / need.count) * perCard,
    Math.floor(host.cpu / need.cpu),
    Math.floor(host.memory / need.memory),
  );
}
